package io.github.keyturn.cli;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** AWS's client, with nothing but what a command told to export. */
final class ExportedClient {

  private ExportedClient() {}

  static SecretsManagerClient of(Map<String, String> exports) {
    return SecretsManagerClient.builder()
        .endpointOverride(URI.create(value(exports, "AWS_ENDPOINT_URL_SECRETS_MANAGER")))
        .region(Region.of(value(exports, "AWS_REGION")))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    value(exports, "AWS_ACCESS_KEY_ID"), value(exports, "AWS_SECRET_ACCESS_KEY"))))
        .build();
  }

  private static String value(Map<String, String> exports, String name) {
    return Objects.requireNonNull(exports.get(name), name);
  }
}
