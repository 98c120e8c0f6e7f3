package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.jdbc.Samples.POSTGRES;
import static io.github.keyturn.jdbc.Samples.complete;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSecretTest {

  @Test
  void fillsInWhatTheEngineKnows() {
    DatabaseSecret secret = DatabaseSecret.read(complete(), POSTGRES);

    assertThat(secret.port()).isEqualTo(5432);
    assertThat(secret.database()).isEqualTo("postgres");
    assertThat(secret.tls()).isEqualTo(Tls.UNLESS_ALLOWED);
  }

  @Test
  void takesWhatTheSecretSays() {
    DatabaseSecret secret =
        DatabaseSecret.read(
            Samples.document(
                "{'engine':'aurora-postgresql','host':'db','port':6543,'dbname':'orders',"
                    + "'username':'app','password':'p','ssl':true,'masterarn':'arn:x'}"),
            POSTGRES);

    assertThat(secret.address()).isEqualTo("db:6543");
    assertThat(secret.database()).isEqualTo("orders");
    assertThat(secret.username()).isEqualTo("app");
    assertThat(secret.password().reveal()).isEqualTo("p");
    assertThat(secret.tls()).isEqualTo(Tls.REQUIRED);
  }

  @Test
  void doesNotShowItsPassword() {
    assertThat(DatabaseSecret.read(complete(), POSTGRES).toString())
        .contains("db.example.com", "***")
        .doesNotContain("first-password");
  }

  @Test
  void namesAllFieldsThatAreMissing() {
    RotationException failure = refused(Samples.document("{'host':'db','password':''}"));

    assertThat(failure).hasMessageContaining("[engine, username, password]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "Postgres", "postgresql", "aurora"})
  void refusesAnotherEngine(String engine) {
    assertThat(refused(complete().with("engine", engine)))
        .hasMessageContaining("'" + engine + "'")
        .hasMessageContaining("aurora-postgresql");
  }

  @ParameterizedTest
  @CsvSource({
    "db, db:5432",
    "db.example.com, db.example.com:5432",
    "db.example.com., db.example.com:5432",
    "my_db-1.local, my_db-1.local:5432",
    "orders.c9akciq32.eu-west-1.rds.amazonaws.com, orders.c9akciq32.eu-west-1.rds.amazonaws.com:5432",
    "orders.cluster-c9akciq32.rds.cn-north-1.amazonaws.com.cn, orders.cluster-c9akciq32.rds.cn-north-1.amazonaws.com.cn:5432",
    "proxy-1.example.com, proxy-1.example.com:5432",
    "db.proxy-east.example.com, db.proxy-east.example.com:5432",
    "10.0.0.1, 10.0.0.1:5432",
    "::1, [::1]:5432",
    "[::1], [::1]:5432",
    "2001:db8::1, [2001:db8::1]:5432",
    "[2001:DB8:0:0:0:0:0:1], [2001:DB8:0:0:0:0:0:1]:5432",
    "::ffff:10.0.0.1, [::ffff:10.0.0.1]:5432"
  })
  void acceptsHost(String host, String address) {
    DatabaseSecret secret = DatabaseSecret.read(complete().with("host", host), POSTGRES);

    assertThat(secret.address()).isEqualTo(address);
    assertThat(secret.host()).doesNotContain("[");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "db:5432",
        "db.example.com:5432",
        "10.0.0.1:5432",
        "cafe:5432",
        "[::1]:5432",
        "[::1",
        "::1]",
        "[10.0.0.1]",
        "[db]",
        "[]",
        ":",
        ":::",
        "1:2:3",
        "12345::1",
        "fe80::1%eth0",
        "db,evil.example.com",
        "db/postgres?user=x",
        "db?sslmode=disable",
        "db#x",
        "user@db",
        "jdbc:postgresql://db",
        "https://db",
        "/var/run/postgresql",
        "db example.com",
        " db",
        "db\n",
        "dätenbank"
      })
  void refusesHost(String host) {
    assertThat(refused(complete().with("host", host)))
        .hasMessageContaining("one host name or address without a port or a scheme");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders.proxy-c9akciq32.eu-west-1.rds.amazonaws.com",
        "ORDERS.PROXY-C9AKCIQ32.EU-WEST-1.RDS.AMAZONAWS.COM",
        "reader.endpoint.proxy-c9akciq32.eu-west-1.rds.amazonaws.com",
        "orders.proxy-c9akciq32.us-gov-west-1.rds.amazonaws.com",
        "orders.proxy-c9akciq32.rds.us-gov-west-1.amazonaws.com",
        "orders.proxy-c9akciq32.cn-north-1.rds.amazonaws.com.cn",
        "orders.proxy-c9akciq32.rds.cn-north-1.amazonaws.com.cn",
        "reader.endpoint.proxy-c9akciq32.rds.cn-northwest-1.amazonaws.com.cn"
      })
  @DisplayName("an RDS Proxy can't be rotated through, in whatever partition it is")
  void refusesRdsProxy(String host) {
    assertThat(refused(complete().with("host", host)))
        .hasMessageContaining("RDS Proxy")
        .hasMessageContaining("endpoint of the database itself");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5432, 5432", "' 6543 ', 6543", "65535, 65535", "'', 5432"})
  void acceptsPort(String port, int expected) {
    assertThat(DatabaseSecret.read(complete().with("port", port), POSTGRES).port())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65536", "5432.0", "0x1538", "five", "99999999999"})
  void refusesPort(String port) {
    assertThat(refused(complete().with("port", port))).hasMessageContaining("'port'");
  }

  @Test
  @DisplayName("a name may have 63 bytes, however many characters they make")
  void measuresUsernamesInBytes() {
    assertThat(username("a".repeat(63))).hasSize(63);
    assertThat(username("é".repeat(31) + "a")).hasSize(32);
    assertThat(username("😀".repeat(15))).hasSize(30);
    assertTooLong("a".repeat(64));
    assertTooLong("é".repeat(32));
    assertTooLong("😀".repeat(16));
  }

  private static String username(String username) {
    return DatabaseSecret.read(complete().with("username", username), POSTGRES).username();
  }

  private static void assertTooLong(String username) {
    assertThat(refused(complete().with("username", username)))
        .hasMessageContaining("63 bytes that PostgreSQL allows");
  }

  @Test
  void refusesAZeroByteInTheUsername() {
    assertThat(refused(complete().with("username", "app\0lication")))
        .hasMessageContaining("zero byte");
  }

  @ParameterizedTest
  @CsvSource({
    "db.example.com, 5432, true",
    "DB.Example.COM, 5432, true",
    "db.example.com, 5433, false",
    "db2.example.com, 5432, false"
  })
  void tellsServersApart(String host, String port, boolean same) {
    DatabaseSecret one = DatabaseSecret.read(complete(), POSTGRES);
    DatabaseSecret other =
        DatabaseSecret.read(complete().with("host", host).with("port", port), POSTGRES);

    assertThat(one.sameServer(other)).isEqualTo(same);
  }

  @Test
  void isAnotherLoginWithAnotherPassword() {
    assertThat(Samples.login("app", "one"))
        .isEqualTo(Samples.login("app", "one"))
        .isNotEqualTo(Samples.login("app", "two"));
  }

  private static RotationException refused(SecretDocument secret) {
    RotationException failure =
        catchThrowableOfType(RotationException.class, () -> DatabaseSecret.read(secret, POSTGRES));
    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure.getMessage()).doesNotContain("first-password");
    return failure;
  }
}
