package io.github.keyturn;

import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;

/** Credentials that the SDK finds, and renews before they expire. */
final class SdkCredentials implements Supplier<Caller> {

  private final AwsCredentialsProvider provider;

  private SdkCredentials(AwsCredentialsProvider provider) {
    this.provider = provider;
  }

  static SdkCredentials of(Map<String, String> environment) {
    return new SdkCredentials(provider(environment));
  }

  /** Named as soon as the variables tell where to look: the whole chain takes time to search. */
  static AwsCredentialsProvider provider(Map<String, String> environment) {
    if (isSet(environment, "AWS_ACCESS_KEY_ID")) {
      return EnvironmentVariableCredentialsProvider.create();
    }
    if (isSet(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      return ContainerCredentialsProvider.builder().build();
    }
    return DefaultCredentialsProvider.builder().build();
  }

  private static boolean isSet(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }

  /** The credentials as they are now. */
  @Override
  public Caller get() {
    AwsCredentials credentials = provider.resolveCredentials();
    return new Caller(
        credentials.accessKeyId(),
        Secret.of(credentials.secretAccessKey()),
        credentials instanceof AwsSessionCredentials session
            ? Secret.of(session.sessionToken())
            : null);
  }
}
