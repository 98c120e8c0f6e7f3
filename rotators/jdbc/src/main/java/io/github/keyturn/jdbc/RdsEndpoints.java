package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.SecretDocument;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.HttpStatusCode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBInstance;
import software.amazon.awssdk.services.rds.model.DbClusterNotFoundException;
import software.amazon.awssdk.services.rds.model.DbInstanceNotFoundException;

/**
 * Finds the server of a superuser secret that RDS manages: the secret holds only a user name and a
 * password, and its tags name the instance or cluster.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html">
 *     Password management with RDS and Secrets Manager</a>
 */
class RdsEndpoints {

  private static final String INSTANCE_TAG = "aws:rds:primaryDBInstanceArn";
  private static final String CLUSTER_TAG = "aws:rds:primaryDBClusterArn";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  /** All tries together; the step has more to do than this. */
  private static final Duration LONGEST_CALL = Duration.ofSeconds(8);

  private final Supplier<RdsClient> client;

  RdsEndpoints() {
    this(RdsEndpoints::connect);
  }

  RdsEndpoints(Supplier<RdsClient> client) {
    this.client = client;
  }

  static RdsClient connect() {
    return RdsClient.builder()
        .overrideConfiguration(
            configuration ->
                configuration.retryStrategy(RetryMode.STANDARD).apiCallTimeout(LONGEST_CALL))
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(READ_TIMEOUT))
        .applyMutation(builder -> endpoint().ifPresent(builder::endpointOverride))
        .build();
  }

  /**
   * Only where one is set, and then also if it is blank, which counts as unset: the SDK looks at
   * the same settings, and would fail.
   */
  private static Optional<URI> endpoint() {
    List<String> settings =
        Stream.of(
                System.getProperty("aws.endpointUrlRds"),
                System.getenv("AWS_ENDPOINT_URL_RDS"),
                System.getProperty("aws.endpointUrl"),
                System.getenv("AWS_ENDPOINT_URL"))
            .filter(Objects::nonNull)
            .toList();
    return settings.isEmpty()
        ? Optional.empty()
        : settings.stream()
            .filter(url -> !url.isBlank())
            .findFirst()
            .map(URI::create)
            .or(() -> Optional.of(endpointOfRegion()));
  }

  private static URI endpointOfRegion() {
    Region region = DefaultAwsRegionProviderChain.builder().build().getRegion();
    return URI.create("https://" + RdsClient.serviceMetadata().endpointFor(region));
  }

  /** The same login with host and port. */
  SecretDocument locate(SecretDocument login, Map<String, String> tags) {
    Optional<String> instance = tag(tags, INSTANCE_TAG);
    String arn =
        instance
            .or(() -> tag(tags, CLUSTER_TAG))
            .orElseThrow(
                () ->
                    exception(
                        MISCONFIGURED,
                        "the superuser secret has only a username and a password, and no tag of RDS that names its database; add 'host' and 'port' to it",
                        null));
    try (RdsClient rds = client.get()) {
      Endpoint endpoint = instance.isPresent() ? ofInstance(arn, rds) : ofCluster(arn, rds);
      return login.with("host", endpoint.host()).with("port", String.valueOf(endpoint.port()));
    } catch (AwsServiceException e) {
      throw refused(arn, e);
    } catch (SdkException e) {
      throw unanswered(arn, e);
    }
  }

  /** AWS's functions do not look at the case of a tag's name either. */
  private static Optional<String> tag(Map<String, String> tags, String name) {
    return tags.entrySet().stream()
        .filter(tag -> tag.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private record Endpoint(String host, int port) {

    /** Parts of it are absent as long as RDS creates the database. */
    static Endpoint of(String arn, @Nullable String host, @Nullable Integer port) {
      if (host == null || port == null) {
        throw noEndpoint(arn);
      }
      return new Endpoint(host, port);
    }
  }

  private static Endpoint ofInstance(String arn, RdsClient rds) {
    return rds
        .describeDBInstances(request -> request.dbInstanceIdentifier(arn))
        .dbInstances()
        .stream()
        .map(DBInstance::endpoint)
        .filter(Objects::nonNull)
        .map(endpoint -> Endpoint.of(arn, endpoint.address(), endpoint.port()))
        .findFirst()
        .orElseThrow(() -> noEndpoint(arn));
  }

  /** A cluster's own endpoint is that of its writer, which is where a role can be changed. */
  private static Endpoint ofCluster(String arn, RdsClient rds) {
    return rds.describeDBClusters(request -> request.dbClusterIdentifier(arn)).dbClusters().stream()
        .map(cluster -> Endpoint.of(arn, cluster.endpoint(), cluster.port()))
        .findFirst()
        .orElseThrow(() -> noEndpoint(arn));
  }

  private static RotationException noEndpoint(String arn) {
    return exception(
        MISCONFIGURED,
        "RDS has no endpoint for %s; is the database being created or deleted?".formatted(arn),
        null);
  }

  private static RotationException refused(String arn, AwsServiceException refusal) {
    String what = "RDS did not tell the address of %s (%s)".formatted(arn, refusal.getMessage());
    if (refusal instanceof DbInstanceNotFoundException
        || refusal instanceof DbClusterNotFoundException) {
      return exception(
          MISCONFIGURED,
          what
              + "; the tags of the superuser secret name it, so it must be in this account and Region,"
              + " or 'host' and 'port' in that secret",
          refusal);
    }
    if (refusal.isThrottlingException()) {
      return exception(THROTTLED, what + "; Secrets Manager will retry the rotation", refusal);
    }
    if (refusal.statusCode() == HttpStatusCode.FORBIDDEN) {
      return exception(
          PRIVILEGE,
          what
              + "; the function's role needs rds:DescribeDBInstances and rds:DescribeDBClusters, and"
              + " the credentials must be valid",
          refusal);
    }
    return exception(FAILED, what + "; Secrets Manager will retry the rotation", refusal);
  }

  private static RotationException unanswered(String arn, SdkException failure) {
    String what = "the RDS API, asked for the address of %s, gave no answer".formatted(arn);
    if (hasCause(failure, SSLException.class)) {
      return exception(
          TLS,
          what
              + ": the TLS handshake failed; is something between this function and AWS replacing its"
              + " certificate?",
          failure);
    }
    if (failure instanceof ApiCallTimeoutException || hasCause(failure, IOException.class)) {
      return exception(
          NETWORK,
          what
              + "; a function in a VPC needs an interface endpoint for RDS or a NAT gateway, or put"
              + " 'host' and 'port' into the superuser secret",
          failure);
    }
    return exception(
        FAILED,
        "the RDS API can't be asked for the address of %s (%s)"
            .formatted(arn, failure.getMessage()),
        failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static RotationException exception(
      Reason reason, String message, @Nullable Throwable cause) {
    return new RotationException(reason, message, cause);
  }
}
