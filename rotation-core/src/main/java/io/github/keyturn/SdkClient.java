package io.github.keyturn;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The SDK's client with Region, endpoint and credentials resolved here: each that the SDK would
 * look for by itself costs time at a cold start.
 */
record SdkClient(SecretsManagerClient secretsManager, URI endpoint) {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  static SdkClient of(RotationSettings settings, Map<String, String> environment) {
    AwsEndpoint endpoint = AwsEndpoint.of(settings, environment);
    SecretsManagerClient client =
        SecretsManagerClient.builder()
            .region(Region.of(endpoint.region()))
            .endpointOverride(endpoint.url())
            // the endpoint holds them already, and the SDK refuses them beside an endpoint
            .fipsEnabled(false)
            .dualstackEnabled(false)
            .credentialsProvider(SdkCredentials.provider(environment))
            .defaultsMode(DefaultsMode.STANDARD)
            .overrideConfiguration(configuration -> configuration.retryStrategy(RetryMode.STANDARD))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(READ_TIMEOUT))
            .build();
    return new SdkClient(client, endpoint.url());
  }
}
