package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Replicas and Sentinels that log in as the user that rotates. */
class RedisFollowersTest {

  private static final String USER = "replicator";
  private static final Secret FIRST = Secret.of("first-replicator");

  private final RedisDeployment deployment =
      RedisDeployment.sentinel(USER, FIRST, RedisFollowersTest::member);
  private final RedisServer primary = deployment.nodes().get(0);
  private final RedisServer replica = deployment.nodes().get(1);
  private final RedisServer sentinel = deployment.sentinels().get(0);
  private final TestBed bed =
      TestBed.existingUser(
          deployment.nodes(),
          USER,
          secret ->
              secret
                  .put("password", FIRST.reveal())
                  .put("sentinels", RedisDeployment.addresses(deployment.sentinels())));

  private static void member(RedisServer.Builder node) {
    node.user(USER, FIRST, "~*", "&*", "+@all")
        .setting("masteruser", USER)
        .setting("masterauth", FIRST.reveal());
  }

  @AfterEach
  void stop() {
    bed.close();
    deployment.close();
  }

  @Test
  @DisplayName("the old password ends, and they log in again: at once, and after a restart")
  void followTheRotation() throws Exception {
    bed.rotate();
    bed.rotate();
    bed.abandonAfter(Step.CREATE);
    assertThat(bed.hashes(primary)).isEqualTo(TestBed.hashes(bed.current()));

    assertFollowersUse(bed.current());
    assertReplicaLogsInAgain();
    assertSentinelLogsInAgain();
    replica.restart();
    assertReplicaLogsInAgain();
    assertThat(masterauth(replica)).isEqualTo(bed.current().text("password"));
  }

  @Test
  @DisplayName("a password that they still use does not end before they have the next one")
  void areNeverLeftWithAPasswordThatEnded() throws Exception {
    String abandoned = bed.abandonAfter(Step.SET);
    assertFollowersUse(bed.version(abandoned));

    bed.rotate();

    assertThat(bed.logsIn(bed.version(abandoned))).isFalse();
    assertFollowersUse(bed.current());
    assertReplicaLogsInAgain();
    assertSentinelLogsInAgain();
  }

  @Test
  @DisplayName("AWSCURRENT was moved back by hand: they go back before the other password ends")
  void goBackWithTheLabel() throws Exception {
    String first = bed.secrets.store().readCurrent(TestBed.SECRET).id();
    String second = bed.rotate();
    SecretDocument newer = bed.current();
    bed.secrets.store().promote(TestBed.SECRET, second, first);

    bed.abandonAfter(Step.CREATE);

    assertThat(bed.logsIn(newer)).isFalse();
    assertFollowersUse(bed.current());
    assertReplicaLogsInAgain();
    assertSentinelLogsInAgain();
  }

  @Test
  @DisplayName("a Sentinel is just connecting again, as Redis 7 has it do at each change")
  void areWaitedForWhileTheyConnectAgain() throws Exception {
    String first = bed.secrets.store().readCurrent(TestBed.SECRET).id();
    String second = bed.rotate();
    SecretDocument newer = bed.current();
    bed.secrets.store().promote(TestBed.SECRET, second, first);
    // it lets a second pass between two attempts, of which this is the first
    assertSentinelLogsInAgain();
    disconnectUser();

    bed.abandonAfter(Step.CREATE);

    assertThat(bed.logsIn(newer)).isFalse();
    assertFollowersUse(bed.current());
    assertSentinelLogsInAgain();
  }

  @Test
  @DisplayName("one of two Sentinels has a password of long ago: it gets what its sibling gets")
  void healASentinelThatIsLockedOut() throws Exception {
    RedisServer other = deployment.addSentinel(USER, FIRST);
    RedisDeployment.await(() -> knowsAnotherSentinel(sentinel));
    bed.store(bed.current().with("sentinels", RedisDeployment.addresses(deployment.sentinels())));
    other.run("SENTINEL", "SET", RedisDeployment.SENTINEL_MASTER, "auth-pass", "of-long-ago");
    disconnectUser();

    bed.rotate();

    assertFollowersUse(bed.current());
    assertThat(file(other)).contains("auth-pass mymaster " + bed.current().text("password"));
  }

  @Test
  @DisplayName("the only Sentinel has a password of long ago: it is named, and left as it is")
  void nameASentinelThatNobodyKnows() throws Exception {
    sentinel.run("SENTINEL", "SET", RedisDeployment.SENTINEL_MASTER, "auth-pass", "of-long-ago");
    disconnectUser();

    bed.rotate();

    assertThat(bed.logsIn(bed.current())).isTrue();
    assertThat(bed.log)
        .anyMatch(
            line ->
                line.contains("the Sentinel at 127.0.0.1:" + sentinel.port())
                    && line.contains("connected to no data node")
                    && line.contains("SENTINEL SET mymaster auth-pass"));
    assertThat(file(sentinel)).contains("auth-pass mymaster of-long-ago");
  }

  @Test
  @DisplayName("a replica with a password of long ago is brought back by the next rotation")
  void healAReplicaThatLostItsPrimary() throws Exception {
    replica.run("CONFIG", "SET", "masterauth", "of-long-ago");
    primary.run("CLIENT", "KILL", "TYPE", "replica");

    bed.rotate();

    assertFollowersUse(bed.current());
    RedisDeployment.await(() -> replicates(primary));
  }

  @Test
  @DisplayName("another user's rotation does not touch them")
  void areLeftAloneByOtherUsers() throws Exception {
    try (TestBed other =
        TestBed.user(
            deployment.nodes(),
            secret -> secret.put("sentinels", RedisDeployment.addresses(deployment.sentinels())))) {
      other.rotate();

      assertThat(other.logsIn(other.current())).isTrue();
      assertThat(masterauth(replica)).isEqualTo(FIRST.reveal());
      assertThat(sentinelFile()).contains("auth-pass mymaster " + FIRST.reveal());
    }
  }

  @Test
  @DisplayName("the right to tell them is missing: said before anything has changed")
  void namesTheMissingRightFirst() throws Exception {
    String token = bed.abandonAfter(Step.CREATE);
    deployment.nodes().forEach(node -> node.run("ACL", "SETUSER", USER, "-client"));
    Set<String> before = bed.hashes(primary);

    assertThatThrownBy(() -> bed.run(Step.SET, token))
        .hasMessageContaining("PRIVILEGE: ")
        .hasMessageContaining("does not let 'replicator' run CLIENT LIST");

    assertThat(bed.hashes(primary)).isEqualTo(before);
  }

  private void assertFollowersUse(SecretDocument value) {
    for (RedisServer node : deployment.nodes()) {
      assertThat(masterauth(node)).isEqualTo(value.text("password"));
    }
    assertThat(sentinelFile()).contains("auth-pass mymaster " + value.text("password"));
  }

  private void assertReplicaLogsInAgain() {
    primary.run("CLIENT", "KILL", "TYPE", "replica");
    RedisDeployment.await(() -> replicates(primary));
  }

  private void disconnectUser() {
    deployment.nodes().forEach(node -> node.run("CLIENT", "KILL", "USER", USER));
  }

  private void assertSentinelLogsInAgain() {
    disconnectUser();
    RedisDeployment.await(
        () ->
            primary
                .run("CLIENT", "LIST")
                .toString()
                .lines()
                .anyMatch(line -> line.contains("-cmd ") && line.contains("user=" + USER)));
  }

  private static boolean knowsAnotherSentinel(RedisServer sentinel) {
    return !sentinel
        .run("SENTINEL", "SENTINELS", RedisDeployment.SENTINEL_MASTER)
        .equals(List.of());
  }

  static boolean replicates(RedisServer primary) {
    return primary.run("INFO", "replication").toString().contains("state=online");
  }

  static String masterauth(RedisServer node) {
    return String.valueOf(((List<?>) node.run("CONFIG", "GET", "masterauth")).get(1));
  }

  private String sentinelFile() {
    return file(sentinel);
  }

  private static String file(RedisServer server) {
    try {
      return Files.readString(server.usersFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
