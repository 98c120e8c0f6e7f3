package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.TestServers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is wrong with a secret, a setting or a user: a typed error that says what to do, and
 * nothing changed in the store or on the server.
 */
@ExtendWith(TestServers.class)
class BadInputTest {

  private static final String A_PASSWORD = "Sup3rSecretValue";

  private final RedisServer server;

  BadInputTest(RedisServer server) {
    this.server = server;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void refusesSecretText(String what, String text, String hint) throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      bed.secrets.putSecretValue(TestBed.SECRET, Secret.of(text));
      assertRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("a bare password", A_PASSWORD, "is not a JSON object"),
        arguments("a list", "[\"" + A_PASSWORD + "\"]", "is not a JSON object"),
        arguments("an unfinished object", "{\"password\":\"" + A_PASSWORD, "is not a JSON object"),
        arguments("an empty object", "{}", "[engine, host, password]"),
        arguments(
            "a user of ElastiCache, as AWS writes it",
            "{\"username\":\"app\",\"password\":\"%s\",\"user_arn\":\"arn\"}".formatted(A_PASSWORD),
            "[engine, host]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  void refusesSecret(String what, Consumer<ObjectNode> edit, String hint) throws Exception {
    try (TestBed bed = TestBed.user(List.of(server), edit)) {
      assertRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> fields() {
    return Stream.of(
        field("no engine", secret -> secret.remove("engine"), "[engine]"),
        field("no host", secret -> secret.remove("host"), "[host]"),
        field("an empty password", secret -> secret.put("password", ""), "[password]"),
        field("another engine", secret -> secret.put("engine", "postgres"), "engine is 'postgres'"),
        field("an engine in capitals", secret -> secret.put("engine", "Redis"), "is 'Redis'"),
        field("a URL as host", secret -> secret.put("host", "redis://db:6379"), "one host name"),
        field("a host with a port", secret -> secret.put("host", "db:6379"), "one host name"),
        field("two hosts", secret -> secret.put("host", "a,b"), "'nodes' is the field for several"),
        field("a host list", secret -> secret.putArray("host").add("a"), "but is a list"),
        field("a host with a line end", secret -> secret.put("host", "a\r\nPING"), "one host name"),
        field(
            "a host of ElastiCache",
            secret -> secret.put("host", "master.app.x1.use1.cache.amazonaws.com"),
            "Amazon ElastiCache or MemoryDB"),
        field(
            "a host of MemoryDB",
            secret -> secret.put("host", "clustercfg.app.x1.memorydb.us-east-1.amazonaws.com"),
            "ModifyUser, UpdateUser"),
        field("port 0", secret -> secret.put("port", 0), "from 1 to 65535"),
        field("port 65536", secret -> secret.put("port", 65_536), "from 1 to 65535"),
        field("a word as port", secret -> secret.put("port", "default"), "from 1 to 65535"),
        field("ssl=require", secret -> secret.put("ssl", "require"), "must be true or false"),
        field(
            "a username with a space", secret -> secret.put("username", "a b"), "contains a space"),
        field(
            "a username with a zero byte", secret -> secret.put("username", "a\0b"), "contains a"),
        field("a node list as JSON", secret -> secret.putArray("nodes").add("a"), "but is a list"),
        field("an empty node", secret -> secret.put("nodes", "a:1,,b:2"), "its item '' is none"),
        field("a node with port 0", secret -> secret.put("nodes", "a:0"), "its item 'a:0' is none"),
        field("a node's port too high", secret -> secret.put("nodes", "a:65536"), "a:65536"),
        field("a node as URL", secret -> secret.put("nodes", "redis://a:1"), "list of hosts"),
        field("a bad Sentinel", secret -> secret.put("sentinels", "s 1"), "field 'sentinels'"),
        field("no such host", secret -> secret.put("host", "no-such-host.invalid"), "NETWORK"),
        field("nobody listens", secret -> secret.put("port", 1), "NETWORK: Redis at 127.0.0.1:1 "),
        field("a node is not there", secret -> secret.put("nodes", "127.0.0.1:1"), "127.0.0.1:1 "),
        field("no Sentinel there", secret -> secret.put("sentinels", "127.0.0.1:1"), "NETWORK"),
        field("a user who is not there", secret -> secret.put("username", "nobody"), "REJECTED"),
        field("a wrong password", secret -> secret.put("password", A_PASSWORD), "REJECTED"),
        field("no superuser", secret -> secret.put("masterarn", "none"), "ResourceNotFound"));
  }

  private static Arguments field(String what, Consumer<ObjectNode> edit, String hint) {
    return arguments(what, edit, hint);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("superusers")
  void refusesSuperuserSecret(String what, Consumer<ObjectNode> edit, String hint)
      throws Exception {
    try (TestBed bed = TestBed.userWithSuperuser(List.of(server))) {
      ObjectNode superuser = TestBed.secret(server, RedisServer.ADMIN, server.adminPassword());
      edit.accept(superuser);
      bed.secrets.putSecretValue(TestBed.SUPERUSER_SECRET, Secret.of(superuser.toString()));
      assertRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> superusers() {
    return Stream.of(
        field("no password", secret -> secret.remove("password"), "no value for [password]"),
        field("a wrong password", secret -> secret.put("password", A_PASSWORD), "PRIVILEGE: "),
        field("another host", secret -> secret.put("host", "localhost"), "must name the same host"),
        field("another port", secret -> secret.put("port", 1), "must name the same host"),
        field("other nodes", secret -> secret.put("nodes", "127.0.0.1:1"), "with nodes"),
        field("other Sentinels", secret -> secret.put("sentinels", "a:1"), "with sentinels"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("users")
  void refusesUser(String what, List<String> rules, String hint) throws Exception {
    try (TestBed bed = TestBed.userWithSuperuser(List.of(server))) {
      String token = bed.abandonAfter(Step.CREATE);
      rules.forEach(rule -> server.run("ACL", "SETUSER", bed.user, rule));
      String before = bed.state();

      RotationException failure =
          catchThrowableOfType(RotationException.class, () -> bed.run(Step.SET, token));

      assertThat(failure).as(what).hasMessageContaining(hint);
      assertThat(bed.state()).isEqualTo(before);
    }
  }

  static Stream<Arguments> users() {
    return Stream.of(
        arguments("switched off", List.of("off"), "REJECTED"),
        arguments("let in with any password", List.of("nopass"), "needs no password"),
        arguments("may not be found", List.of("-info"), "does not let"));
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("settings")
  void refusesSetting(String name, String value) {
    RotationException failure =
        catchThrowableOfType(
            RotationException.class,
            () -> new RedisAclUserRotator(TestBed.settings(Map.of(name, value))));

    assertThat(failure)
        .hasMessageContaining("MISCONFIGURED: " + name + " is '" + value + "'")
        .hasMessageContaining("true or false");
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        arguments("REDIS_ALLOW_UNSAVED", "yes"),
        arguments("REDIS_CLOSE_OLD_CONNECTIONS", "1"),
        arguments("ALLOW_PLAINTEXT", "maybe"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("secretsOfRequirepass")
  void refusesSecretOfRequirepass(String what, Consumer<ObjectNode> edit, String hint)
      throws Exception {
    try (TestBed bed = TestBed.requirepass(List.of(server), edit)) {
      assertRefused(bed, hint, what);
    }
  }

  static Stream<Arguments> secretsOfRequirepass() {
    return Stream.of(
        field("a user", secret -> secret.put("username", "app"), "username is 'app'"),
        field("no engine", secret -> secret.remove("engine"), "[engine]"));
  }

  private static void assertRefused(TestBed bed, String hint, String what) throws Exception {
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
    assertThat(failure.reason()).as(what).isNotEqualTo(Reason.FAILED);
    assertThat(bed.stateExceptPending(token)).isEqualTo(before);
  }
}
