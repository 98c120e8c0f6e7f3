package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceEndpointKey;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The SDK's client with Region, endpoint and credentials resolved here: each that the SDK would
 * look for by itself costs time at a cold start.
 */
record AwsClient(SecretsManagerClient secretsManager, URI endpoint) {

  /**
   * Within a Region a connection takes milliseconds; in a VPC without a way out it takes for ever.
   */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  static AwsClient of(RotationSettings settings) {
    Map<String, String> environment = System.getenv();
    Region region = region(environment);
    URI endpoint =
        endpoint(settings, environment).orElseGet(() -> regionalEndpoint(region, environment));
    SecretsManagerClient client =
        SecretsManagerClient.builder()
            .region(region)
            .endpointOverride(endpoint)
            // the endpoint holds them already, and the SDK refuses them beside an endpoint
            .fipsEnabled(false)
            .dualstackEnabled(false)
            .credentialsProvider(credentials(environment))
            .defaultsMode(DefaultsMode.STANDARD)
            .overrideConfiguration(configuration -> configuration.retryStrategy(RetryMode.STANDARD))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(READ_TIMEOUT))
            .build();
    return new AwsClient(client, endpoint);
  }

  private static Region region(Map<String, String> environment) {
    return first(
            System.getProperty("aws.region"),
            environment.get("AWS_REGION"),
            environment.get("AWS_DEFAULT_REGION"))
        .map(Region::of)
        .orElseGet(AwsClient::configuredRegion);
  }

  private static Region configuredRegion() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      throw new RotationException(
          MISCONFIGURED, "no Region is set; set AWS_REGION, which Lambda does by itself", e);
    }
  }

  /**
   * Ours, then the SDK's own settings, of which a blank one counts as unset: the SDK would fail.
   */
  private static Optional<URI> endpoint(
      RotationSettings settings, Map<String, String> environment) {
    return first(System.getProperty("aws.endpointUrlSecretsManager"))
        .or(() -> settings.secretsManagerEndpoint().map(URI::toString))
        .or(
            () ->
                first(
                    environment.get("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
                    System.getProperty("aws.endpointUrl"),
                    environment.get("AWS_ENDPOINT_URL")))
        .map(URI::create);
  }

  /** The Region's own endpoint, of the kind that the SDK's variables ask for. */
  static URI regionalEndpoint(Region region, Map<String, String> environment) {
    List<EndpointTag> kind = new ArrayList<>();
    if (Boolean.parseBoolean(environment.get("AWS_USE_FIPS_ENDPOINT"))) {
      kind.add(EndpointTag.FIPS);
    }
    if (Boolean.parseBoolean(environment.get("AWS_USE_DUALSTACK_ENDPOINT"))) {
      kind.add(EndpointTag.DUALSTACK);
    }
    ServiceEndpointKey key = ServiceEndpointKey.builder().region(region).tags(kind).build();
    return URI.create("https://" + SecretsManagerClient.serviceMetadata().endpointFor(key));
  }

  /** Lambda gives its role by variables, or by a local address when it restores a snapshot. */
  private static AwsCredentialsProvider credentials(Map<String, String> environment) {
    if (first(environment.get("AWS_ACCESS_KEY_ID")).isPresent()) {
      return EnvironmentVariableCredentialsProvider.create();
    }
    if (first(environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")).isPresent()) {
      return ContainerCredentialsProvider.builder().build();
    }
    return DefaultCredentialsProvider.builder().build();
  }

  private static Optional<String> first(@Nullable String... values) {
    return Stream.of(values).filter(value -> value != null && !value.isBlank()).findFirst();
  }
}
