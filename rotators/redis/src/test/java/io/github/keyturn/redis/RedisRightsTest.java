package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of docs/strategies.md, as they are written there: enough, and none too many. */
@ExtendWith(TestServers.class)
class RedisRightsTest {

  private static final List<String> RULES = rulesOfTheDocumentation();
  private static final List<String> OF_SUPERUSER = rights(0);
  private static final List<String> OF_OWNER = rights(1);
  private static final List<String> OF_ONE_SERVER = rights(2);
  private static final List<String> OF_ANYWHERE = rights(3);

  private final RedisServer server;

  RedisRightsTest(RedisServer server) {
    this.server = server;
  }

  private static List<String> rulesOfTheDocumentation() {
    try {
      return Files.readAllLines(Path.of("../../docs/strategies.md")).stream()
          .filter(line -> line.startsWith("ACL SETUSER "))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> rights(int block) {
    return Stream.of(RULES.get(block).split(" "))
        .filter(word -> word.startsWith("+") || word.startsWith("-"))
        .toList();
  }

  @Test
  void theDocumentationHasFourSets() {
    assertThat(RULES).hasSize(4);
  }

  @Test
  @DisplayName("a user that changes itself on one server")
  void areEnoughOnOneServer() throws Exception {
    try (TestBed bed = TestBed.user(List.of(server), OF_ONE_SERVER, secret -> {})) {
      rotateTwice(bed);
    }
  }

  static List<String> rightsOfOneServer() {
    return OF_ONE_SERVER;
  }

  @ParameterizedTest
  @MethodSource("rightsOfOneServer")
  @DisplayName("each right is needed, and the error names its command")
  void eachIsNeeded(String right) throws Exception {
    List<String> without = OF_ONE_SERVER.stream().filter(each -> !each.equals(right)).toList();
    try (TestBed bed = TestBed.user(List.of(server), without, secret -> {})) {
      String token = bed.abandonAfter(Step.CREATE);
      Set<String> before = bed.hashes(server);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("PRIVILEGE: Redis at 127.0.0.1:" + server.port())
          .hasMessageContaining(
              "run " + right.substring(1).replace('|', ' ').toUpperCase(Locale.ROOT));

      assertThat(bed.hashes(server)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("a user that changes itself on a cluster, and closes old connections")
  void areEnoughOnACluster() throws Exception {
    try (RedisDeployment cluster = RedisDeployment.cluster();
        TestBed bed = TestBed.user(cluster.nodes(), OF_ANYWHERE, secret -> {})) {
      bed.coldStart(Map.of("REDIS_CLOSE_OLD_CONNECTIONS", "true"));

      rotateTwice(bed);
    }
  }

  @Test
  @DisplayName("a superuser of a user without rights, on a cluster")
  void areEnoughForASuperuserOnACluster() throws Exception {
    try (RedisDeployment cluster = RedisDeployment.cluster();
        TestBed bed = TestBed.user(cluster.nodes(), OF_OWNER, secret -> {})) {
      withSuperuser(bed, cluster.nodes(), "");

      rotateTwice(bed);
    }
  }

  @Test
  @DisplayName("a superuser, where the user is that of replicas and Sentinel: nodes are listed")
  void areEnoughForASuperuserWithSentinel() throws Exception {
    Secret first = Secret.of("first-replicator");
    try (RedisDeployment deployment =
            RedisDeployment.sentinel(
                "replicator",
                first,
                node ->
                    node.user(
                            "replicator",
                            first,
                            "&*",
                            "+psync",
                            "+replconf",
                            "+ping",
                            "+multi",
                            "+exec",
                            "+slaveof",
                            "+config|rewrite",
                            "+client|setname",
                            "+client|kill",
                            "+script|kill",
                            "+subscribe",
                            "+publish",
                            "+info")
                        .setting("masteruser", "replicator")
                        .setting("masterauth", first.reveal()));
        TestBed bed =
            TestBed.existingUser(
                deployment.nodes(),
                "replicator",
                secret -> secret.put("password", first.reveal()))) {
      String sentinels = RedisDeployment.addresses(deployment.sentinels());
      bed.store(bed.current().with("sentinels", sentinels));
      withSuperuser(bed, deployment.nodes(), sentinels);

      rotateTwice(bed);

      assertThat(RedisFollowersTest.masterauth(deployment.nodes().get(1)))
          .isEqualTo(bed.current().text("password"));
      assertThat(Files.readString(deployment.sentinels().get(0).usersFile()))
          .contains("auth-pass mymaster " + bed.current().text("password"));
    }
  }

  @Test
  @DisplayName("a user that changes itself on a server without an ACL file")
  void areEnoughWithoutAnAclFile() throws Exception {
    try (RedisServer own = RedisServer.builder().persistence(Persistence.CONFIG_FILE).start();
        TestBed bed = TestBed.user(List.of(own), OF_ANYWHERE, secret -> {})) {
      rotateTwice(bed);
    }
  }

  @Test
  @DisplayName("a user whose nodes are listed needs no right at all")
  void noneAreNeededByAnOwnerOfListedNodes() throws Exception {
    try (TestBed bed =
        TestBed.user(
            List.of(server),
            List.of("+get"),
            secret -> secret.put("nodes", "127.0.0.1:" + server.port()))) {
      withSuperuser(bed, List.of(server), "");

      rotateTwice(bed);
    }
  }

  private static void rotateTwice(TestBed bed) throws Exception {
    bed.rotate();
    bed.rotate();
    for (RedisServer node : bed.nodes) {
      assertThat(bed.hashes(node)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
    }
  }

  private static void withSuperuser(TestBed bed, List<RedisServer> nodes, String sentinels) {
    Secret password = Secret.of("password-of-the-superuser");
    String name = "keyturn-" + bed.user;
    nodes.forEach(node -> node.createUser(name, password, OF_SUPERUSER.toArray(String[]::new)));
    ObjectNode superuser = TestBed.secret(nodes.get(0), name, password);
    bed.current().find("nodes").ifPresent(listed -> superuser.put("nodes", listed));
    if (!sentinels.isEmpty()) {
      superuser.put("sentinels", sentinels);
    }
    String arn =
        bed.secrets.createSecret(TestBed.SUPERUSER_SECRET, Secret.of(superuser.toString()));
    bed.store(bed.current().with("masterarn", arn));
  }
}
