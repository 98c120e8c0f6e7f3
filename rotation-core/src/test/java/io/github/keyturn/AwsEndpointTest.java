package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceEndpointKey;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class AwsEndpointTest {

  private static final RotationSettings NO_SETTINGS = RotationSettings.from(Map.of());

  @ParameterizedTest
  @CsvSource({
    "eu-west-1, false, false, https://secretsmanager.eu-west-1.amazonaws.com",
    "us-east-1, true, false, https://secretsmanager-fips.us-east-1.amazonaws.com",
    "eu-west-1, false, true, https://secretsmanager.eu-west-1.api.aws",
    "cn-north-1, false, false, https://secretsmanager.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1, false, false, https://secretsmanager.us-gov-west-1.amazonaws.com",
    "us-iso-east-1, false, false, https://secretsmanager.us-iso-east-1.c2s.ic.gov",
    "eusc-de-east-1, false, false, https://secretsmanager.eusc-de-east-1.amazonaws.eu",
    "mx-central-7, false, false, https://secretsmanager.mx-central-7.amazonaws.com"
  })
  void findsTheRegionsEndpoint(String region, String fips, String dualStack, String endpoint) {
    assertThat(AwsEndpoint.ofRegion(region, kind(fips, dualStack))).hasToString(endpoint);
  }

  static Stream<Region> regions() {
    return Region.regions().stream().filter(region -> !region.isGlobalRegion());
  }

  @ParameterizedTest
  @MethodSource("regions")
  void knowsEveryRegionAsTheSdkDoes(Region region) {
    for (boolean fips : List.of(false, true)) {
      for (boolean dualStack : List.of(false, true)) {
        assertThat(
                AwsEndpoint.ofRegion(
                    region.id(), kind(String.valueOf(fips), String.valueOf(dualStack))))
            .isEqualTo(sdkEndpoint(region, fips, dualStack));
      }
    }
  }

  private static URI sdkEndpoint(Region region, boolean fips, boolean dualStack) {
    List<EndpointTag> tags = new ArrayList<>();
    if (fips) {
      tags.add(EndpointTag.FIPS);
    }
    if (dualStack) {
      tags.add(EndpointTag.DUALSTACK);
    }
    ServiceEndpointKey key = ServiceEndpointKey.builder().region(region).tags(tags).build();
    return URI.create("https://" + SecretsManagerClient.serviceMetadata().endpointFor(key));
  }

  @Test
  void takesOurSettingBeforeTheSdksVariables() {
    Map<String, String> environment =
        Map.of(
            "AWS_REGION", "eu-west-1",
            "AWS_ENDPOINT_URL", "https://all.example.com",
            "AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://one.example.com");
    RotationSettings ours =
        RotationSettings.from(Map.of("SECRETS_MANAGER_ENDPOINT", "https://ours.example.com"));

    assertThat(AwsEndpoint.of(ours, environment))
        .isEqualTo(new AwsEndpoint(URI.create("https://ours.example.com"), "eu-west-1"));
    assertThat(AwsEndpoint.of(NO_SETTINGS, environment).url())
        .hasToString("https://one.example.com");
  }

  @Test
  void takesTheSdksVariableForAllServices() {
    assertThat(
            AwsEndpoint.of(
                    NO_SETTINGS,
                    Map.of(
                        "AWS_DEFAULT_REGION", "eu-west-1",
                        "AWS_ENDPOINT_URL_SECRETS_MANAGER", " ",
                        "AWS_ENDPOINT_URL", "https://all.example.com"))
                .url())
        .hasToString("https://all.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:4599",
        "http://localhost:4599",
        "http://[::1]:4599",
        "http://host.docker.internal:4599",
        "https://secretsmanager.example.com"
      })
  void takesHttpWithinTheMachine(String url) {
    assertThat(endpointAt(url).url()).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://secretsmanager.example.com",
        "http://127.evil.example.com",
        "http://[::2]"
      })
  void sendsNoSecretsOverTheNetworkWithoutEncryption(String url) {
    assertMisconfigured(() -> endpointAt(url)).hasMessageContainingAll(url, "https");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTPS://localhost", "ftp://localhost", "localhost:4599", "not a url"})
  void takesNothingButUrls(String url) {
    assertMisconfigured(() -> endpointAt(url)).hasMessageContainingAll("AWS_ENDPOINT_URL", url);
  }

  private static AwsEndpoint endpointAt(String url) {
    return AwsEndpoint.of(NO_SETTINGS, Map.of("AWS_REGION", "eu-west-1", "AWS_ENDPOINT_URL", url));
  }

  private static AbstractThrowableAssert<?, ?> assertMisconfigured(ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RotationException.class, e -> assertThat(e.reason()).isEqualTo(MISCONFIGURED));
  }

  @Test
  void takesABlankVariableAsUnset() {
    assertThat(
            AwsEndpoint.of(
                NO_SETTINGS,
                Map.of(
                    "AWS_REGION", " ", "AWS_DEFAULT_REGION", "eu-west-1", "AWS_ENDPOINT_URL", "")))
        .isEqualTo(
            new AwsEndpoint(
                URI.create("https://secretsmanager.eu-west-1.amazonaws.com"), "eu-west-1"));
  }

  @Test
  void saysThatNoRegionIsSet() {
    System.setProperty("aws.profile", "none-of-this-name");
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      assertMisconfigured(() -> AwsEndpoint.of(NO_SETTINGS, Map.of()))
          .hasMessageContaining("set AWS_REGION");
    } finally {
      System.clearProperty("aws.profile");
      System.clearProperty("aws.disableEc2Metadata");
    }
  }

  private static Map<String, String> kind(String fips, String dualStack) {
    return Map.of("AWS_USE_FIPS_ENDPOINT", fips, "AWS_USE_DUALSTACK_ENDPOINT", dualStack);
  }
}
