package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.jdbc.Samples.POSTGRES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Superuser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.rds.RdsClient;

class SuperuserLoginTest {

  private static final String PASSWORD = "superuser-password";
  private static final String INSTANCE = "arn:aws:rds:eu-west-1:123456789012:db:orders";
  private static final String CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:orders";
  static final Map<String, String> INSTANCE_TAG =
      Map.of("aws:rds:primaryDBInstanceArn", INSTANCE, "team", "orders");
  private static final Map<String, String> CLUSTER_TAG =
      Map.of("aws:rds:primaryDBClusterArn", CLUSTER);

  static final SecretDocument MANAGED =
      Samples.document("{'username':'super','password':'%s'}".formatted(PASSWORD));

  private final RdsStandIn rds;

  SuperuserLoginTest() throws IOException {
    rds = new RdsStandIn();
  }

  @BeforeEach
  void setCredentials() {
    System.setProperty("aws.region", "eu-west-1");
    System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
    System.setProperty("aws.secretAccessKey", "example");
  }

  @AfterEach
  void close() {
    rds.close();
    System.clearProperty("aws.region");
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    System.clearProperty("aws.endpointUrlRds");
  }

  @Test
  void findsTheInstanceOfASecretThatRdsManages() {
    rds.instance("db.example.com", 5432);

    DatabaseSecret login = resolve(MANAGED, INSTANCE_TAG, owner());

    assertThat(login.address()).isEqualTo("db.example.com:5432");
    assertThat(login.username()).isEqualTo("super");
    assertThat(login.password().reveal()).isEqualTo(PASSWORD);
    assertThat(login.database()).isEqualTo("postgres");
    assertThat(rds.requests)
        .singleElement()
        .asString()
        .contains("DBInstanceIdentifier=arn%3Aaws%3Ards%3Aeu-west-1%3A123456789012%3Adb%3Aorders");
  }

  @Test
  @DisplayName("a cluster's address is the writer endpoint, as for AWS's functions")
  void findsTheWriterOfAClusterThatRdsManages() {
    rds.cluster("db.example.com", "reader.example.com", 5432);

    DatabaseSecret login = resolve(MANAGED, CLUSTER_TAG, owner());

    assertThat(login.address()).isEqualTo("db.example.com:5432");
    assertThat(rds.requests).singleElement().asString().contains("DBClusterIdentifier=arn");
  }

  @Test
  void findsTagsWhateverTheirCase() {
    rds.instance("db.example.com", 5432);

    DatabaseSecret login =
        resolve(MANAGED, Map.of("aws:rds:primarydbinstancearn", INSTANCE), owner());

    assertThat(login.address()).isEqualTo("db.example.com:5432");
  }

  @Test
  void reachesRdsAtTheAddressOfTheSystemProperty() {
    rds.instance("db.example.com", 5432);
    System.setProperty("aws.endpointUrlRds", rds.endpoint().toString());

    DatabaseSecret login =
        new SuperuserLogin(POSTGRES).resolve(new Superuser(MANAGED, () -> INSTANCE_TAG), owner());

    assertThat(login.address()).isEqualTo("db.example.com:5432");
  }

  @Test
  void doesNotAskRdsWhenTheSecretNamesItsServer() {
    SecretDocument complete = MANAGED.with("host", "DB.example.com");

    DatabaseSecret login =
        new SuperuserLogin(POSTGRES, endpoints())
            .resolve(
                new Superuser(
                    complete,
                    () -> {
                      throw new AssertionError("read the tags");
                    }),
                owner());

    assertThat(login.port()).isEqualTo(5432);
    assertThat(rds.requests).isEmpty();
  }

  @Test
  void doesNotAskRdsWhenTheSecretHasOtherFields() {
    SecretDocument other = MANAGED.with("engine", "postgres");

    RotationException failure = refused(other, INSTANCE_TAG, owner());

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("[host]");
    assertThat(rds.requests).isEmpty();
  }

  @Test
  void refusesASecretWithoutServerAndTags() {
    RotationException failure = refused(MANAGED, Map.of("team", "orders"), owner());

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("no tag of RDS").hasMessageContaining("'host'");
    assertThat(rds.requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "404, DBInstanceNotFound, MISCONFIGURED, in this account and Region",
    "403, AccessDenied, PRIVILEGE, rds:DescribeDBInstances",
    "403, InvalidClientTokenId, PRIVILEGE, credentials must be valid",
    "403, ExpiredToken, PRIVILEGE, credentials must be valid",
    "400, Throttling, THROTTLED, will retry",
    "400, InvalidParameterValue, FAILED, InvalidParameterValue",
    "500, InternalFailure, FAILED, will retry"
  })
  void saysWhatRdsRefused(int status, String code, Reason reason, String hint) {
    rds.error(status, code, code + " it is");

    RotationException failure = refused(MANAGED, INSTANCE_TAG, owner());

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining(INSTANCE).hasMessageContaining(hint);
  }

  @Test
  void namesAClusterThatIsNotThere() {
    rds.error(404, "DBClusterNotFoundFault", "DBCluster orders not found.");

    RotationException failure = refused(MANAGED, CLUSTER_TAG, owner());

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining(CLUSTER).hasMessageContaining("Region");
  }

  @Test
  void refusesAnInstanceWithoutEndpoint() {
    rds.instanceWithoutEndpoint();

    assertNoEndpoint(INSTANCE_TAG, INSTANCE);
  }

  @Test
  void refusesAnAnswerWithoutInstances() {
    rds.noInstance();

    assertNoEndpoint(INSTANCE_TAG, INSTANCE);
  }

  @Test
  void refusesAClusterWithoutEndpoint() {
    rds.clusterWithoutEndpoint();

    assertNoEndpoint(CLUSTER_TAG, CLUSTER);
  }

  private void assertNoEndpoint(Map<String, String> tags, String arn) {
    RotationException failure = refused(MANAGED, tags, owner());

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("no endpoint for " + arn);
  }

  @Test
  void callsItTheNetworkWhenRdsCanNotBeReached() {
    rds.close();

    RotationException failure = refused(MANAGED, INSTANCE_TAG, owner());

    assertThat(failure.reason()).isEqualTo(NETWORK);
    assertThat(failure).hasMessageContaining("interface endpoint for RDS");
  }

  @Test
  @DisplayName("a blank endpoint counts as unset: templates can't leave a variable out")
  void takesABlankEndpointForNone() {
    System.setProperty("aws.endpointUrlRds", " ");

    try (RdsClient client = RdsEndpoints.connect()) {
      assertThat(client.serviceClientConfiguration().endpointOverride())
          .contains(URI.create("https://rds.eu-west-1.amazonaws.com"));
    }
  }

  @Test
  void passesOnWhatTheSdkItselfLacks() {
    RdsEndpoints withoutCredentials =
        new RdsEndpoints(
            () ->
                client(
                    () -> {
                      throw SdkClientException.create("Unable to load credentials");
                    }));

    RotationException failure =
        refused(new SuperuserLogin(POSTGRES, withoutCredentials), MANAGED, INSTANCE_TAG, owner());

    assertThat(failure.reason()).isEqualTo(FAILED);
    assertThat(failure).hasMessageContaining("Unable to load credentials");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"other.example.com", "db.example.com.evil.example", "b.example.com", "10.0.0.1"})
  @DisplayName("the superuser's password is sent to no server but the superuser secret's own")
  void refusesAServerThatIsNotTheSuperusers(String host) {
    rds.instance("db.example.com", 5432);
    DatabaseSecret owner = DatabaseSecret.read(Samples.complete().with("host", host), POSTGRES);

    for (SecretDocument login : new SecretDocument[] {MANAGED, atServer("db.example.com")}) {
      RotationException failure = refused(login, INSTANCE_TAG, owner);

      assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
      assertThat(failure)
          .hasMessageContaining("of db.example.com:5432")
          .hasMessageContaining("of " + host + ":5432");
    }
  }

  @Test
  void refusesAnotherPortOfTheSameHost() {
    rds.instance("db.example.com", 5433);

    RotationException failure = refused(MANAGED, INSTANCE_TAG, owner());

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("same host and port");
  }

  @Test
  void acceptsTheTwoWaysToWriteAnIpv6Address() {
    DatabaseSecret owner =
        DatabaseSecret.read(Samples.complete().with("host", "2001:DB8::1"), POSTGRES);

    assertThat(resolve(atServer("[2001:db8::1]"), Map.of(), owner).sameServer(owner)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    ", , UNLESS_ALLOWED",
    ", true, REQUIRED",
    ", false, UNLESS_ALLOWED",
    "true, , REQUIRED",
    "true, false, REQUIRED",
    "false, , OFF",
    "false, true, OFF"
  })
  @DisplayName("the rotated secret can ask for TLS, but never switch it off for the superuser")
  void takesOverTlsFromTheOwner(String ownField, String ownersField, Tls expected) {
    DatabaseSecret owner = DatabaseSecret.read(ssl(Samples.complete(), ownersField), POSTGRES);

    DatabaseSecret login = resolve(ssl(atServer("db.example.com"), ownField), Map.of(), owner);

    assertThat(login.tls()).isEqualTo(expected);
  }

  private static SecretDocument ssl(SecretDocument secret, String value) {
    return value == null ? secret : secret.with("ssl", value);
  }

  private static SecretDocument atServer(String host) {
    return MANAGED.with("host", host);
  }

  static DatabaseSecret owner() {
    return DatabaseSecret.read(Samples.complete(), POSTGRES);
  }

  private RdsEndpoints endpoints() {
    return new RdsEndpoints(
        () ->
            client(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create("AKIDEXAMPLE", "example"))));
  }

  private RdsClient client(AwsCredentialsProvider credentials) {
    return RdsClient.builder()
        .region(Region.EU_WEST_1)
        .endpointOverride(rds.endpoint())
        .credentialsProvider(credentials)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private DatabaseSecret resolve(
      SecretDocument login, Map<String, String> tags, DatabaseSecret owner) {
    DatabaseSecret resolved =
        new SuperuserLogin(POSTGRES, endpoints()).resolve(new Superuser(login, () -> tags), owner);
    assertThat(rds.requests).noneMatch(request -> request.contains(PASSWORD));
    return resolved;
  }

  private RotationException refused(
      SecretDocument login, Map<String, String> tags, DatabaseSecret owner) {
    return refused(new SuperuserLogin(POSTGRES, endpoints()), login, tags, owner);
  }

  /** Whatever fails, no text of the failure holds a secret. */
  static RotationException refused(
      SuperuserLogin superusers,
      SecretDocument login,
      Map<String, String> tags,
      DatabaseSecret owner) {
    RotationException failure =
        catchThrowableOfType(
            RotationException.class,
            () -> superusers.resolve(new Superuser(login, () -> tags), owner));
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain(PASSWORD).doesNotContain(owner.password().reveal());
    return failure;
  }
}
