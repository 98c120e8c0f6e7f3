package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every node, however it is found, also one that was away. */
class RedisNodesTest {

  @Nested
  @DisplayName("A cluster of three nodes")
  class Cluster {

    private static RedisDeployment cluster;

    @BeforeAll
    static void start() {
      cluster = RedisDeployment.cluster();
    }

    @AfterAll
    static void stop() {
      cluster.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @DisplayName("is found from each of them")
    void isFoundFromEachNode(int seed) throws Exception {
      try (TestBed bed =
          TestBed.user(
              cluster.nodes(), secret -> secret.put("port", cluster.nodes().get(seed).port()))) {
        bed.rotate();
        bed.rotate();

        for (RedisServer node : cluster.nodes()) {
          assertThat(bed.hashes(node)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
        }
      }
    }

    @Test
    @DisplayName("by a superuser, who finds them too")
    void isFoundByTheSuperuser() throws Exception {
      try (TestBed bed = TestBed.userWithSuperuser(cluster.nodes())) {
        bed.rotate();
        bed.rotate();

        assertThat(bed.logsIn(bed.current())).isTrue();
        assertThat(bed.logsIn(bed.previous())).isTrue();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @DisplayName("one has the ACL of long ago: the next rotation brings it in line, and says so")
    void healsANodeWithOldUsers(int node) throws Exception {
      RedisServer old = cluster.nodes().get(node);
      try (TestBed bed = TestBed.user(cluster.nodes())) {
        Set<String> longAgo = bed.hashes(old);
        bed.rotate();
        bed.rotate();
        bed.rotate();
        RedisAccounts.setHashes(old, bed.user, longAgo);
        SecretDocument before = bed.current();
        assertThat(bed.logsIn(before)).isFalse();

        String token = bed.abandonAfter(Step.SET);

        assertThat(bed.logsIn(before)).as("AWSCURRENT is back before the end").isTrue();
        assertThat(bed.logsIn(bed.version(token))).isTrue();
        bed.rotate(token);
        for (RedisServer each : cluster.nodes()) {
          assertThat(bed.hashes(each)).isEqualTo(TestBed.hashes(bed.current(), before));
        }
      }
    }

    @Test
    @DisplayName("two have different old ACLs, neither of which the other knows")
    void healsNodesThatKnowDifferentVersions() throws Exception {
      try (TestBed bed = TestBed.user(cluster.nodes())) {
        Set<String> first = bed.hashes(cluster.nodes().get(0));
        bed.rotate();
        bed.rotate();
        Set<String> second = TestBed.hashes(bed.current());
        bed.rotate();
        bed.rotate();
        RedisAccounts.setHashes(cluster.nodes().get(1), bed.user, first);
        RedisAccounts.setHashes(cluster.nodes().get(2), bed.user, second);

        bed.rotate();

        for (RedisServer each : cluster.nodes()) {
          assertThat(bed.hashes(each)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
        }
      }
    }

    @Test
    @DisplayName("one knows no version at all: its siblings get both passwords, and it is named")
    void namesANodeThatNoVersionHelps() throws Exception {
      RedisServer stranger = cluster.nodes().get(1);
      try (TestBed bed = TestBed.user(cluster.nodes())) {
        bed.rotate();
        RedisAccounts.setHashes(stranger, bed.user, Set.of("0".repeat(64)));
        String token = bed.abandonAfter(Step.CREATE);

        assertThatThrownBy(() -> bed.run(Step.SET, token))
            .hasMessageContaining("MISCONFIGURED: none of the 3 values")
            .hasMessageContaining("refused by 127.0.0.1:" + stranger.port());

        assertThat(bed.hashes(cluster.nodes().get(0)))
            .isEqualTo(TestBed.hashes(bed.current(), bed.version(token)));
        RedisAccounts.setHashes(stranger, bed.user, TestBed.hashes(bed.current()));
        bed.rotate(token);
        assertThat(bed.logsIn(bed.current())).isTrue();
      }
    }

    @Test
    @DisplayName("a superuser heals a node that knows no version at all")
    void aSuperuserNeedsNoVersion() throws Exception {
      try (TestBed bed = TestBed.userWithSuperuser(cluster.nodes())) {
        bed.rotate();
        RedisAccounts.setHashes(cluster.nodes().get(1), bed.user, Set.of("0".repeat(64)));

        bed.rotate();

        assertThat(bed.logsIn(bed.current())).isTrue();
        assertThat(bed.logsIn(bed.previous())).isTrue();
      }
    }

    @Test
    @DisplayName("testSecret does not pass while one node refuses the new value")
    void testsEveryNode() throws Exception {
      RedisServer last = cluster.nodes().get(2);
      try (TestBed bed = TestBed.user(cluster.nodes())) {
        String token = bed.abandonAfter(Step.SET);
        RedisAccounts.setHashes(last, bed.user, TestBed.hashes(bed.current()));

        assertThatThrownBy(() -> bed.run(Step.TEST, token))
            .hasMessageContaining("it lacks a right, a setting or a node");
        assertThat(bed.log)
            .anyMatch(
                line ->
                    line.contains("is refused by 127.0.0.1:" + last.port())
                        && !line.contains(bed.version(token).text("password")));
      }
    }
  }

  @Nested
  @DisplayName("A node that dies")
  class Dying {

    @Test
    @DisplayName(
        "between its siblings' changes, and comes back with its old ACL file: the same token ends it")
    void comesBackForTheSameToken() throws Exception {
      try (RedisDeployment cluster = RedisDeployment.cluster();
          Death death = new Death(cluster)) {
        String token = death.inTheMiddleOfSetSecret();

        death.comesBackWithItsOldAclFile();
        death.bed.rotate(token);

        death.assertAllHaveBothPasswords();
      }
    }

    @Test
    @DisplayName(
        "between its siblings' changes, and comes back with its old ACL file: a new token ends it")
    void comesBackForANewToken() throws Exception {
      try (RedisDeployment cluster = RedisDeployment.cluster();
          Death death = new Death(cluster)) {
        death.inTheMiddleOfSetSecret();

        death.comesBackWithItsOldAclFile();
        death.bed.rotate();

        death.assertAllHaveBothPasswords();
      }
    }

    @Test
    @DisplayName("and stays away: no rotation passes it by, and AWSCURRENT works everywhere else")
    void isWaitedFor() throws Exception {
      try (RedisDeployment cluster = RedisDeployment.cluster();
          Death death = new Death(cluster)) {
        String token = death.inTheMiddleOfSetSecret();

        for (int attempt = 1; attempt <= 2; attempt++) {
          assertThatThrownBy(() -> death.bed.run(Step.SET, token))
              .hasMessageContaining("NETWORK: Redis at 127.0.0.1:" + death.dead.port());
          for (RedisServer alive : cluster.nodes().subList(0, 2)) {
            assertThat(TestBed.logsIn(alive, death.bed.current())).isTrue();
          }
        }
      }
    }
  }

  /** Three nodes; the third dies when the first has both passwords, and the second is about to. */
  private static final class Death implements AutoCloseable {

    final TestBed bed;
    final RedisServer dead;
    private final RedisDeployment cluster;
    private final Gate gate;
    private final String oldAclFile;

    Death(RedisDeployment cluster) throws Exception {
      this.cluster = cluster;
      this.dead = cluster.nodes().get(2);
      RedisServer second = cluster.nodes().get(1);
      this.gate = new Gate(second.port(), "SETUSER", dead::kill);
      String nodes =
          "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d"
              .formatted(cluster.nodes().get(0).port(), gate.port(), dead.port());
      this.bed = TestBed.user(cluster.nodes(), secret -> secret.put("nodes", nodes));
      this.oldAclFile = Files.readString(dead.usersFile());
    }

    String inTheMiddleOfSetSecret() throws Exception {
      String token = bed.abandonAfter(Step.CREATE);
      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("NETWORK: Redis at 127.0.0.1:" + dead.port());
      for (RedisServer alive : cluster.nodes().subList(0, 2)) {
        assertThat(bed.hashes(alive)).isEqualTo(TestBed.hashes(bed.current(), bed.version(token)));
      }
      return token;
    }

    void comesBackWithItsOldAclFile() throws Exception {
      Files.writeString(dead.usersFile(), oldAclFile);
      dead.restart();
      assertThat(bed.hashes(dead)).isEqualTo(TestBed.hashes(bed.current()));
    }

    void assertAllHaveBothPasswords() {
      for (RedisServer node : cluster.nodes()) {
        assertThat(bed.hashes(node)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
      }
    }

    @Override
    public void close() {
      bed.close();
      gate.close();
    }
  }

  @Nested
  @DisplayName("A primary with a replica")
  class Replicated {

    private static RedisDeployment deployment;

    @BeforeAll
    static void start() {
      deployment = RedisDeployment.replicated();
    }

    @AfterAll
    static void stop() {
      deployment.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @DisplayName("is found from either")
    void isFoundFromEither(int seed) throws Exception {
      try (TestBed bed =
          TestBed.user(
              deployment.nodes(),
              secret -> secret.put("port", deployment.nodes().get(seed).port()))) {
        bed.rotate();
        bed.rotate();

        assertThat(bed.logsIn(bed.current())).isTrue();
        assertThat(bed.logsIn(bed.previous())).isTrue();
      }
    }

    @Test
    @DisplayName("a replica that was away is not seen, and the next rotation heals it")
    void healsAReplicaThatWasAway() throws Exception {
      RedisServer replica = deployment.nodes().get(1);
      try (TestBed bed = TestBed.user(deployment.nodes())) {
        bed.rotate();
        replica.kill();
        RedisDeployment.await(
            () ->
                deployment
                    .nodes()
                    .get(0)
                    .run("INFO", "replication")
                    .toString()
                    .contains("connected_slaves:0"));
        bed.rotate();
        replica.restart();
        RedisDeployment.await(
            () ->
                deployment
                    .nodes()
                    .get(0)
                    .run("INFO", "replication")
                    .toString()
                    .contains("state=online"));
        assertThat(TestBed.logsIn(replica, bed.current())).isFalse();

        bed.rotate();

        assertThat(bed.hashes(replica)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
      }
    }

    @Test
    @DisplayName("a listed replica that is down fails the step with its name")
    void namesAListedNodeThatIsDown() throws Exception {
      RedisServer replica = deployment.nodes().get(1);
      try (TestBed bed =
          TestBed.user(deployment.nodes(), secret -> secret.put("nodes", deployment.addresses()))) {
        String token = bed.abandonAfter(Step.CREATE);
        replica.kill();

        assertThatThrownBy(() -> bed.run(Step.SET, token))
            .hasMessageContaining("NETWORK: Redis at 127.0.0.1:" + replica.port());

        replica.restart();
        bed.rotate(token);
        assertThat(bed.logsIn(bed.current())).isTrue();
      }
    }
  }

  @Test
  @DisplayName("Sentinels know the nodes, also a replica that is down")
  void findsNodesBySentinel() throws Exception {
    try (RedisDeployment deployment = RedisDeployment.sentinel();
        TestBed bed =
            TestBed.user(
                deployment.nodes(),
                secret ->
                    secret.put(
                        "sentinels",
                        "127.0.0.1:1," + RedisDeployment.addresses(deployment.sentinels())))) {
      // the first of the two does not answer; the other one is enough to find the nodes
      String token = bed.abandonAfter(Step.CREATE);
      RedisServer replica = deployment.nodes().get(1);
      replica.kill();
      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("NETWORK: Redis at 127.0.0.1:" + replica.port());
      replica.restart();
      bed.store(
          bed.current()
              .with("sentinels", RedisDeployment.addresses(deployment.sentinels()))
              .with("sentinelmaster", RedisDeployment.SENTINEL_MASTER));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("what nodes say of each other, in the words of several versions")
  void readsWhatNodesSay() {
    List<String> addresses =
        RedisCluster.others(
                """
                07c3 127.0.0.1:30004@31004 slave e7d1 0 1426238317239 4 connected
                67ed 10.0.0.2:30002@31002,node2.example.com master - 0 1426238316232 2 connected 5461-10922
                292f ::1:30003@31003,,shard-id=69bc master,fail - 0 1426238318243 3 disconnected
                6ec2 :30005@31005,node5.example.com,shard-id=69bc slave 67ed 0 1426238316232 5 connected
                824f 127.0.0.1:30006@31006 handshake - 0 0 0 disconnected
                e7d1 :30001@31001 myself,master - 0 0 1 connected 0-5460
                """,
                "here")
            .stream()
            .map(address -> address + " " + address.certificateName())
            .toList();

    assertThat(addresses)
        .containsExactly(
            "127.0.0.1:30004 127.0.0.1",
            "10.0.0.2:30002 node2.example.com",
            "[::1]:30003 ::1",
            "node5.example.com:30005 node5.example.com");
    assertThatThrownBy(
            () -> RedisCluster.others("07c3 :0@0 slave,noaddr e7d1 0 1 4 disconnected", "here"))
        .hasMessageContaining("here has lost the address of another node")
        .hasMessageContaining("CLUSTER FORGET");
  }
}
