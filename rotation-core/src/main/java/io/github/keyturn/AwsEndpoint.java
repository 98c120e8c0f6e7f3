package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.PartitionEndpointKey;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Where Secrets Manager is.
 *
 * @param region the Region that requests are signed for
 */
record AwsEndpoint(URI url, String region) {

  /** Regions of AWS's first partition, which nearly every function is in. */
  private static final List<String> AREAS =
      List.of("us-", "eu-", "ap-", "ca-", "sa-", "me-", "af-", "il-", "mx-");

  private static final List<String> OTHER_PARTITIONS = List.of("us-gov-", "us-iso", "eu-iso");

  /** Ours, then the SDK's own settings; a blank one counts as unset, where the SDK would fail. */
  static AwsEndpoint of(RotationSettings settings, Map<String, String> environment) {
    String region = region(environment);
    URI override = override(settings, environment);
    return new AwsEndpoint(override == null ? ofRegion(region, environment) : override, region);
  }

  private static @Nullable URI override(
      RotationSettings settings, Map<String, String> environment) {
    String own = System.getProperty("aws.endpointUrlSecretsManager");
    if (own != null && isSet(own)) {
      return Variables.url("aws.endpointUrlSecretsManager", own);
    }
    URI ours = settings.secretsManagerEndpoint().orElse(null);
    if (ours != null) {
      return ours;
    }
    Variables variables = new Variables(environment);
    Optional<URI> named = variables.url("AWS_ENDPOINT_URL_SECRETS_MANAGER");
    if (named.isPresent()) {
      return named.get();
    }
    String all = System.getProperty("aws.endpointUrl");
    return all != null && isSet(all)
        ? Variables.url("aws.endpointUrl", all)
        : variables.url("AWS_ENDPOINT_URL").orElse(null);
  }

  private static String region(Map<String, String> environment) {
    String region =
        first(
            System.getProperty("aws.region"),
            environment.get("AWS_REGION"),
            environment.get("AWS_DEFAULT_REGION"));
    return region == null ? Sdk.configuredRegion() : region.strip();
  }

  /** The Region's own endpoint, of the kind that the SDK's variables ask for. */
  static URI ofRegion(String region, Map<String, String> environment) {
    boolean fips = Boolean.parseBoolean(environment.get("AWS_USE_FIPS_ENDPOINT"));
    boolean dualStack = Boolean.parseBoolean(environment.get("AWS_USE_DUALSTACK_ENDPOINT"));
    return !fips && !dualStack && isOfFirstPartition(region)
        ? URI.create("https://secretsmanager." + region + ".amazonaws.com")
        : Sdk.endpoint(region, fips, dualStack);
  }

  private static boolean isOfFirstPartition(String region) {
    for (String other : OTHER_PARTITIONS) {
      if (region.startsWith(other)) {
        return false;
      }
    }
    for (String area : AREAS) {
      if (region.startsWith(area)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String first(@Nullable String... values) {
    for (String value : values) {
      if (isSet(value)) {
        return value;
      }
    }
    return null;
  }

  private static boolean isSet(@Nullable String value) {
    return value != null && !value.isBlank();
  }

  /** What the SDK knows of Regions; in a class of its own, since it takes time to load. */
  private static final class Sdk {

    static String configuredRegion() {
      try {
        return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
      } catch (SdkClientException e) {
        throw new RotationException(
            MISCONFIGURED, "no Region is set; set AWS_REGION, which Lambda does by itself", e);
      }
    }

    static URI endpoint(String region, boolean fips, boolean dualStack) {
      List<EndpointTag> kind = new ArrayList<>();
      if (fips) {
        kind.add(EndpointTag.FIPS);
      }
      if (dualStack) {
        kind.add(EndpointTag.DUALSTACK);
      }
      PartitionEndpointKey key = PartitionEndpointKey.builder().tags(kind).build();
      PartitionMetadata partition = PartitionMetadata.of(Region.of(region));
      return URI.create(
          "https://"
              + partition
                  .hostname(key)
                  .replace("{service}", "secretsmanager")
                  .replace("{region}", region)
                  .replace("{dnsSuffix}", partition.dnsSuffix(key)));
    }
  }
}
