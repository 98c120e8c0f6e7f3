package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.rds.RdsClient;
import software.amazon.awssdk.services.rds.model.DBCluster;
import software.amazon.awssdk.services.rds.model.DBInstance;

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

  private final Supplier<RdsClient> client;

  RdsEndpoints() {
    this(RdsEndpoints::connect);
  }

  RdsEndpoints(Supplier<RdsClient> client) {
    this.client = client;
  }

  private static RdsClient connect() {
    return RdsClient.builder()
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(READ_TIMEOUT))
        .applyMutation(
            builder ->
                Stream.of(
                        System.getProperty("aws.endpointUrlRds"),
                        System.getenv("AWS_ENDPOINT_URL_RDS"))
                    .filter(url -> url != null && !url.isBlank())
                    .findFirst()
                    .ifPresent(url -> builder.endpointOverride(URI.create(url))))
        .build();
  }

  /** The same login with host and port. */
  SecretDocument locate(SecretDocument login, Map<String, String> tags) {
    String instance = tags.get(INSTANCE_TAG);
    String cluster = tags.get(CLUSTER_TAG);
    if (instance == null && cluster == null) {
      throw new RotationException(
          MISCONFIGURED,
          "the superuser secret has only a username and a password, and no tag of RDS that names its database; add 'host' and 'port' to it");
    }
    try (RdsClient rds = client.get()) {
      return instance != null
          ? locateInstance(login, instance, rds)
          : locateCluster(login, String.valueOf(cluster), rds);
    } catch (AwsServiceException e) {
      throw new RotationException(
          PRIVILEGE,
          "RDS did not tell the address of %s; the function's role needs rds:DescribeDBInstances and rds:DescribeDBClusters, and in a VPC a way to the RDS API"
              .formatted(instance != null ? instance : cluster),
          e);
    } catch (SdkException e) {
      throw new RotationException(
          FAILED,
          "the RDS API can't be reached to find the superuser's database; in a VPC it needs an interface endpoint or a NAT gateway, or put 'host' and 'port' into the superuser secret",
          e);
    }
  }

  private static SecretDocument locateInstance(SecretDocument login, String arn, RdsClient rds) {
    DBInstance instance =
        rds.describeDBInstances(request -> request.dbInstanceIdentifier(arn)).dbInstances().stream()
            .findFirst()
            .orElseThrow(() -> gone(arn));
    if (instance.endpoint() == null) {
      throw gone(arn);
    }
    return login
        .with("host", instance.endpoint().address())
        .with("port", String.valueOf(instance.endpoint().port()));
  }

  private static SecretDocument locateCluster(SecretDocument login, String arn, RdsClient rds) {
    DBCluster cluster =
        rds.describeDBClusters(request -> request.dbClusterIdentifier(arn)).dbClusters().stream()
            .findFirst()
            .orElseThrow(() -> gone(arn));
    return login.with("host", cluster.endpoint()).with("port", String.valueOf(cluster.port()));
  }

  private static RotationException gone(String arn) {
    return new RotationException(
        MISCONFIGURED,
        "RDS has no endpoint for %s; is the database being created or deleted?".formatted(arn));
  }
}
