package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is wrong with a secret, an account or a setting: a typed error that says what to do, and
 * nothing changed in the store or in the database. docs/strategies.md has the table.
 */
@ExtendWith(TestServers.class)
class MysqlBadInputTest {

  private static final String A_PASSWORD = "Sup3rSecretValue";

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlBadInputTest(MysqlServer mysql, MariaDbServer mariadb) {
    this.mysql = mysql;
    this.mariadb = mariadb;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  void refusesSecret(String what, Consumer<ObjectNode> edit, Reason reason, String hint)
      throws Exception {
    List<BiFunction<MysqlProtocolServer, Consumer<ObjectNode>, TestBed>> strategies =
        List.of(TestBed::dualPassword, TestBed::singleUser, TestBed::alternatingUsers);
    for (MysqlProtocolServer server : List.of(mysql, mariadb)) {
      for (var strategy : strategies) {
        try (TestBed bed = strategy.apply(server, edit)) {
          assertRotationRefused(bed, reason, hint, what);
        }
      }
    }
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        fields("no engine", secret -> secret.remove("engine"), Reason.MISCONFIGURED, "[engine]"),
        fields(
            "no host and no username",
            secret -> secret.remove(List.of("host", "username")),
            Reason.MISCONFIGURED,
            "[host, username]"),
        fields(
            "an empty password",
            secret -> secret.put("password", ""),
            Reason.MISCONFIGURED,
            "[password]"),
        fields("a null host", secret -> secret.putNull("host"), Reason.MISCONFIGURED, "[host]"),
        fields(
            "another engine",
            secret -> secret.put("engine", "postgres"),
            Reason.MISCONFIGURED,
            "engine is 'postgres'"),
        fields(
            "an engine in capitals",
            secret -> secret.put("engine", "MySQL"),
            Reason.MISCONFIGURED,
            "engine is 'MySQL'"),
        fields(
            "an engine list",
            secret -> secret.putArray("engine").add("mysql"),
            Reason.MISCONFIGURED,
            "but is a list"),
        fields(
            "two hosts in one text",
            secret -> secret.put("host", "a,b"),
            Reason.MISCONFIGURED,
            "one host name"),
        fields(
            "the driver's own syntax as host",
            secret -> secret.put("host", "address=(host=db)(port=1)"),
            Reason.MISCONFIGURED,
            "one host name"),
        fields(
            "a URL as host",
            secret -> secret.put("host", "mysql://db/app"),
            Reason.MISCONFIGURED,
            "one host name"),
        fields(
            "a host with parameters",
            secret -> secret.put("host", "db/?sslMode=disable&"),
            Reason.MISCONFIGURED,
            "one host name"),
        fields(
            "an RDS Proxy as host",
            secret -> secret.put("host", "app.proxy-abc123.eu-west-1.rds.amazonaws.com"),
            Reason.MISCONFIGURED,
            "is an RDS Proxy"),
        fields("port 0", secret -> secret.put("port", 0), Reason.MISCONFIGURED, "from 1 to 65535"),
        fields(
            "a word as port",
            secret -> secret.put("port", "default"),
            Reason.MISCONFIGURED,
            "from 1 to 65535"),
        fields(
            "ssl neither true nor false",
            secret -> secret.put("ssl", "require"),
            Reason.MISCONFIGURED,
            "must be true or false"),
        fields(
            "a username that is too long",
            secret -> secret.put("username", "é".repeat(129)),
            Reason.MISCONFIGURED,
            "characters that M"),
        fields(
            "a username with a zero byte",
            secret -> secret.put("username", "a\0b"),
            Reason.MISCONFIGURED,
            "zero byte"),
        fields(
            "a host that does not resolve",
            secret -> secret.put("host", "no-such-host.invalid"),
            Reason.NETWORK,
            "no-such-host.invalid"),
        fields(
            "a port where nobody listens", secret -> secret.put("port", 1), Reason.NETWORK, ":1"),
        fields(
            "a wrong password",
            secret -> secret.put("password", A_PASSWORD),
            Reason.REJECTED,
            "AWSCURRENT: login refused"));
  }

  private static Arguments fields(
      String what, Consumer<ObjectNode> edit, Reason reason, String hint) {
    return arguments(what, edit, reason, hint);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accounts")
  void refusesAccount(String what, boolean onMariaDb, String change, Reason reason, String hint)
      throws Exception {
    try (TestBed bed = TestBed.dualPassword(onMariaDb ? mariadb : mysql)) {
      bed.sql(change.replace("USER", "`%s`".formatted(bed.user)).split("; ", -1));
      assertRotationRefused(bed, reason, hint, what);
    }
  }

  static Stream<Arguments> accounts() {
    return Stream.of(
        arguments(
            "a locked account",
            false,
            "ALTER user USER ACCOUNT LOCK",
            Reason.MISCONFIGURED,
            "has locked"),
        arguments(
            "a locked account of MariaDB",
            true,
            "ALTER user USER ACCOUNT LOCK",
            Reason.MISCONFIGURED,
            "has locked"),
        arguments(
            "no right to keep two passwords",
            false,
            "REVOKE ALL PRIVILEGES, GRANT OPTION FROM USER",
            Reason.PRIVILEGE,
            "GRANT APPLICATION_PASSWORD_ADMIN"),
        arguments(
            "no right to change accounts on MariaDB",
            true,
            "REVOKE ALL PRIVILEGES, GRANT OPTION FROM USER",
            Reason.PRIVILEGE,
            "GRANT CREATE USER"),
        arguments(
            "an account without a password",
            true,
            "ALTER user USER IDENTIFIED VIA unix_socket",
            Reason.REJECTED,
            "login refused"),
        arguments(
            "sha256_password, which is not offered",
            false,
            "ALTER user USER IDENTIFIED WITH sha256_password BY 'x'",
            Reason.MISCONFIGURED,
            "'sha256_password'"),
        arguments(
            "a client certificate that nobody has",
            false,
            "ALTER user USER REQUIRE X509",
            Reason.REJECTED,
            "login refused"),
        arguments(
            "a user that was dropped", true, "DROP user USER", Reason.REJECTED, "login refused"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("superusers")
  void refusesSuperuserSecret(String what, Consumer<ObjectNode> edit, String hint)
      throws Exception {
    for (MysqlProtocolServer server : List.of(mysql, mariadb)) {
      try (TestBed bed = TestBed.alternatingUsers(server)) {
        ObjectNode superuser =
            bed.database(server.superuser(), server.superuserPassword().reveal());
        edit.accept(superuser);
        bed.secrets.putSecretValue(TestBed.SUPERUSER_SECRET, Secret.of(superuser.toString()));
        assertRotationRefused(bed, null, hint, what);
      }
    }
  }

  static Stream<Arguments> superusers() {
    return Stream.of(
        superuser(
            "a superuser without a password",
            secret -> secret.remove("password"),
            "the superuser secret has no value for [password]"),
        superuser(
            "a superuser's wrong password",
            secret -> secret.put("password", A_PASSWORD),
            "refuses the login of the superuser"),
        superuser(
            "a superuser of another host",
            secret -> secret.put("host", "localhost"),
            "must name the same host and port"),
        superuser(
            "a superuser secret of RDS without RDS's tags",
            secret -> secret.retain("username", "password"),
            "no tag of RDS"));
  }

  private static Arguments superuser(String what, Consumer<ObjectNode> edit, String hint) {
    return arguments(what, edit, hint);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("masters")
  void refusesMasterArn(String what, Consumer<ObjectNode> edit, String hint) throws Exception {
    for (MysqlProtocolServer server : List.of(mysql, mariadb)) {
      try (TestBed bed = TestBed.alternatingUsers(server, edit)) {
        assertRotationRefused(bed, null, hint, what);
      }
    }
  }

  static Stream<Arguments> masters() {
    return Stream.of(
        superuser(
            "no superuser secret",
            secret -> secret.remove("masterarn"),
            "add its ARN to the secret value as 'masterarn'"),
        superuser(
            "a superuser secret that is not there",
            secret -> secret.put("masterarn", "nowhere"),
            "ResourceNotFoundException"));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("settings")
  void refusesSetting(String name, String value, String hint) {
    RotationException failure =
        catchThrowableOfType(
            RotationException.class,
            () -> new MysqlDualPasswordRotationHandler(RotationSettings.from(Map.of(name, value))));

    assertThat(failure)
        .hasMessageContaining("MISCONFIGURED")
        .hasMessageContaining(name)
        .hasMessageContaining(hint);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        arguments(MysqlSettings.ALL_HOSTS, "yes", "true or false"),
        arguments(MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL, "1", "true or false"),
        arguments("TLS_CA_BUNDLE", "/no/such/file.pem", "a PEM file"));
  }

  private static void assertRotationRefused(
      TestBed bed, @Nullable Reason reason, String hint, String what) throws Exception {
    String token = bed.secrets.stage(TestBed.SECRET);
    String before = bed.stateExceptPending(token);
    RotationException failure =
        catchThrowableOfType(
            RotationException.class,
            () -> {
              bed.run(Step.CREATE, token);
              bed.run(Step.SET, token);
            });
    assertThat(failure).as(what).isNotNull();
    assertThat(failure.getMessage()).as(what).contains(hint).doesNotContain(A_PASSWORD);
    assertThat(failure.reason()).as(what + ": " + failure.getMessage()).isNotEqualTo(Reason.FAILED);
    if (reason != null) {
      assertThat(failure.reason()).as(what + ": " + failure.getMessage()).isEqualTo(reason);
    }
    assertThat(bed.stateExceptPending(token)).isEqualTo(before);
  }
}
