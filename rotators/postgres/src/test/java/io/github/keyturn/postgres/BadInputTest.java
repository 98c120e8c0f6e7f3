package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is wrong with an event, a secret or a setting: a typed error that says what to do, and
 * nothing changed in the store or in the database.
 */
@ExtendWith(TestServers.class)
class BadInputTest {

  private static final String A_PASSWORD = "Sup3rSecretValue";

  private final PostgresServer server;

  BadInputTest(PostgresServer server) {
    this.server = server;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("events")
  void refusesEvent(String what, UnaryOperator<String> event, String hint) throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String token = bed.secrets.stage(TestBed.SECRET);
      String good =
          "{\"Step\":\"createSecret\",\"SecretId\":\"%s\",\"ClientRequestToken\":\"%s\"}"
              .formatted(TestBed.SECRET, token);
      String before = bed.state();

      assertRefused(
          hint, () -> bed.invoke(event.apply(good).getBytes(StandardCharsets.UTF_8)), what);

      assertThat(bed.state()).isEqualTo(before);
    }
  }

  static Stream<Arguments> events() {
    return Stream.of(
        event("an empty event", good -> "", "is not a JSON object"),
        event("no JSON", good -> "rotate please", "is not a JSON object"),
        event("a list", good -> "[" + good + "]", "is not a JSON object"),
        event("a text", good -> "\"createSecret\"", "is not a JSON object"),
        event("an unfinished object", good -> good.substring(0, 40), "is not a JSON object"),
        event("something behind the object", good -> good + "{}", "goes on after the end"),
        event("an empty object", good -> "{}", "[Step, SecretId, ClientRequestToken]"),
        event("no step", good -> good.replace("\"Step\"", "\"step\""), "[Step]"),
        event("no secret", good -> good.replace("SecretId", "Secret"), "[SecretId]"),
        event(
            "no token",
            good -> good.replace("ClientRequestToken", "Token"),
            "[ClientRequestToken]"),
        event("a blank step", good -> good.replace("createSecret", " "), "[Step]"),
        event(
            "a number as step",
            good -> good.replace("\"createSecret\"", "1"),
            "a text as its Step"),
        event(
            "an unknown step",
            good -> good.replace("createSecret", "rotateSecret"),
            "unknown Step"),
        event("a short token", good -> good.replaceAll("[0-9a-f-]{36}", "1"), "32 to 64"),
        event("a long token", good -> good.replaceAll("[0-9a-f-]{36}", "1".repeat(65)), "32 to 64"),
        event(
            "a token that was never staged",
            good -> good.replaceAll("[0-9a-f]{8}-", "00000000-"),
            "does not carry AWSPENDING"),
        event(
            "a secret that is not there",
            good -> good.replace("test/app", "test/none"),
            "ResourceNotFoundException"),
        event(
            "a field twice",
            good -> good.replace("{\"Step\"", "{\"Step\":\"setSecret\",\"Step\""),
            "names a field twice"),
        event("an event of a megabyte", good -> good + " ".repeat(1 << 20), "larger than"));
  }

  private static Arguments event(String what, UnaryOperator<String> event, String hint) {
    return arguments(what, event, hint);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void refusesSecretText(String what, String text, String hint) throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.secrets.putSecretValue(TestBed.SECRET, Secret.of(text));
      assertRotationRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("a bare password", A_PASSWORD, "is not a JSON object"),
        arguments("a list", "[\"" + A_PASSWORD + "\"]", "is not a JSON object"),
        arguments("a JSON text", "\"" + A_PASSWORD + "\"", "is not a JSON object"),
        arguments("an unfinished object", "{\"password\":\"" + A_PASSWORD, "is not a JSON object"),
        arguments(
            "a field twice",
            "{\"password\":\"a\",\"password\":\"" + A_PASSWORD + "\"}",
            "names a field twice"),
        arguments(
            "something behind the object", "{} \"" + A_PASSWORD + "\"", "goes on after the end"),
        arguments("an empty object", "{}", "[engine, host, username, password]"),
        arguments(
            "only a password",
            "{\"password\":\"" + A_PASSWORD + "\"}",
            "[engine, host, username]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  void refusesSecret(String what, Consumer<ObjectNode> edit, String hint) throws Exception {
    try (TestBed bed = TestBed.singleUser(server, edit)) {
      assertRotationRefused(bed, hint, what);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  void refusesSecretOfAlternatingUsers(String what, Consumer<ObjectNode> edit, String hint)
      throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server, edit)) {
      assertRotationRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        fields("no engine", secret -> secret.remove("engine"), "[engine]"),
        fields(
            "no host and no username",
            secret -> secret.remove(java.util.List.of("host", "username")),
            "[host, username]"),
        fields("an empty password", secret -> secret.put("password", ""), "[password]"),
        fields("a null host", secret -> secret.putNull("host"), "[host]"),
        fields("another engine", secret -> secret.put("engine", "mysql"), "engine is 'mysql'"),
        fields(
            "an engine in capitals",
            secret -> secret.put("engine", "Postgres"),
            "engine is 'Postgres'"),
        fields("a host list", secret -> secret.putArray("host").add("a").add("b"), "but is a list"),
        fields("two hosts in one text", secret -> secret.put("host", "a,b"), "one host name"),
        fields("a host with a port", secret -> secret.put("host", "db:5432/"), "one host name"),
        fields("a URL as host", secret -> secret.put("host", "postgres://db/app"), "one host name"),
        fields(
            "a host with parameters",
            secret -> secret.put("host", "db/?sslmode=disable&"),
            "one host name"),
        fields("port 0", secret -> secret.put("port", 0), "from 1 to 65535"),
        fields("port 65536", secret -> secret.put("port", 65_536), "from 1 to 65535"),
        fields("a word as port", secret -> secret.put("port", "default"), "from 1 to 65535"),
        fields("an object as port", secret -> secret.putObject("port"), "but is an object"),
        fields(
            "ssl neither true nor false",
            secret -> secret.put("ssl", "require"),
            "must be true or false"),
        fields(
            "a username of 64 bytes",
            secret -> secret.put("username", "é".repeat(32)),
            "longer than the 63 bytes"),
        fields(
            "a username with a zero byte", secret -> secret.put("username", "a\0b"), "zero byte"),
        fields(
            "a host that does not resolve",
            secret -> secret.put("host", "no-such-host.invalid"),
            "NETWORK"),
        fields("a port where nobody listens", secret -> secret.put("port", 1), "NETWORK"),
        fields(
            "a database that is not there",
            secret -> secret.put("dbname", "absent&ssl=false"),
            "has no database"),
        fields(
            "a user that is not there",
            secret -> secret.put("username", "nobody-of-this-name"),
            "REJECTED"));
  }

  private static Arguments fields(String what, Consumer<ObjectNode> edit, String hint) {
    return arguments(what, edit, hint);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("superusers")
  void refusesSuperuserSecret(String what, Consumer<ObjectNode> edit, String hint)
      throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      ObjectNode superuser = bed.database(server.superuser(), server.superuserPassword().reveal());
      edit.accept(superuser);
      bed.secrets.putSecretValue(TestBed.SUPERUSER_SECRET, Secret.of(superuser.toString()));
      assertRotationRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> superusers() {
    return Stream.of(
        fields(
            "no password",
            secret -> secret.remove("password"),
            "the superuser secret has no value for [password]"),
        fields(
            "a wrong password",
            secret -> secret.put("password", A_PASSWORD),
            "refuses the login of the superuser"),
        fields(
            "another host",
            secret -> secret.put("host", "localhost"),
            "must name the same host and port"),
        fields(
            "an RDS secret without RDS's tags",
            secret -> secret.retain("username", "password"),
            "no tag of RDS"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("masters")
  void refusesMasterArn(String what, Consumer<ObjectNode> edit, String hint) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server, edit)) {
      assertRotationRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> masters() {
    return Stream.of(
        fields(
            "none",
            secret -> secret.remove("masterarn"),
            "add its ARN to the secret value as 'masterarn'"),
        fields(
            "one that is not there",
            secret -> secret.put("masterarn", "nowhere"),
            "ResourceNotFoundException"));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("settings")
  void refusesSetting(String name, String value, String hint) {
    RotationException failure =
        catchThrowableOfType(
            RotationException.class, () -> RotationSettings.from(Map.of(name, value)));

    assertThat(failure).hasMessageContaining("MISCONFIGURED").hasMessageContaining(name);
    assertThat(failure).hasMessageContaining(hint);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        arguments("PASSWORD_LENGTH", "7", "from 8 to 4096"),
        arguments("PASSWORD_LENGTH", "4097", "from 8 to 4096"),
        arguments("PASSWORD_LENGTH", "long", "a whole number"),
        arguments("EXCLUDE_NUMBERS", "yes", "true or false"),
        arguments("REQUIRE_EACH_INCLUDED_TYPE", "1", "true or false"),
        arguments("RETIRE_OLD", "NEVER", "AT_NEXT_ROTATION or AT_FINISH"),
        arguments("SETTLE_SECONDS", "-1", "from 0 to 600"),
        arguments("SETTLE_SECONDS", "601", "from 0 to 600"),
        arguments("SECRETS_MANAGER_ENDPOINT", "secretsmanager", "a URL such as"),
        arguments("SECRETS_MANAGER_ENDPOINT", "ftp://host", "a URL such as"),
        arguments("TLS_CA_BUNDLE", "/no/such/file.pem", "a PEM file"),
        arguments("ALLOW_PLAINTEXT", "maybe", "true or false"));
  }

  private static void assertRotationRefused(TestBed bed, String hint, String what)
      throws Exception {
    String token = bed.secrets.stage(TestBed.SECRET);
    String before = bed.stateExceptPending(token);
    assertRefused(
        hint,
        () -> {
          bed.run(Step.CREATE, token);
          bed.run(Step.SET, token);
        },
        what);
    assertThat(bed.stateExceptPending(token)).isEqualTo(before);
  }

  private static void assertRefused(String hint, ThrowingCall call, String what) {
    RotationException failure = catchThrowableOfType(RotationException.class, call::run);
    assertThat(failure).as(what).isNotNull();
    assertThat(failure.getMessage()).as(what).contains(hint).doesNotContain(A_PASSWORD);
    assertThat(failure.reason()).as(what).isNotEqualTo(RotationException.Reason.FAILED);
  }

  @FunctionalInterface
  private interface ThrowingCall {
    void run() throws Exception;
  }
}
