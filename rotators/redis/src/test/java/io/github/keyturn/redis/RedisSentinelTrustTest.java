package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;

/** Sentinels believe what any client may publish, so not all that they say is believed. */
class RedisSentinelTrustTest {

  private static final String REPLICATOR = "replicator";
  private static final Secret FIRST = Secret.of("first-replicator");
  private static final String MASTER = RedisDeployment.SENTINEL_MASTER;

  private final RedisDeployment deployment =
      RedisDeployment.sentinel(
          REPLICATOR,
          FIRST,
          node ->
              node.user(REPLICATOR, FIRST, "~*", "&*", "+@all")
                  .setting("masteruser", REPLICATOR)
                  .setting("masterauth", FIRST.reveal()));
  private final RedisServer primary = deployment.nodes().get(0);
  private final RedisServer replica = deployment.nodes().get(1);
  private final RedisServer sentinel = deployment.sentinels().get(0);
  private final String sentinels = RedisDeployment.addresses(deployment.sentinels());

  @AfterEach
  void stop() {
    deployment.close();
  }

  @Test
  @DisplayName("one that an ordinary client has made up gets no password of a superuser")
  void sendNoSuperuserToAStranger() throws Exception {
    try (FakeSentinel stranger = FakeSentinel.thatWantsALogin();
        TestBed bed = ofASuperuser()) {
      announce(bed, stranger);

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(stranger.heard()).doesNotContain(primary.adminPassword().reveal());
    }
  }

  @Test
  @DisplayName("nor the one that Sentinels log in with: it is named before anything has changed")
  void sendNoAuthPassToAStranger() throws Exception {
    try (FakeSentinel stranger = FakeSentinel.thatLetsInAnybody();
        TestBed app = ofASuperuser();
        TestBed bed = ofTheReplicator()) {
      announce(app, stranger);
      String token = bed.abandonAfter(Step.CREATE);
      Set<String> before = bed.hashes(primary);

      Throwable failure = catchThrowable(() -> bed.run(Step.SET, token));

      assertThat(stranger.heard()).doesNotContain(bed.version(token).text("password"));
      assertThat(failure)
          .hasMessageContaining("MISCONFIGURED: ")
          .hasMessageContaining("127.0.0.1:" + stranger.port())
          .hasMessageContaining("'sentinels' does not list")
          .hasMessageContaining("SENTINEL RESET mymaster");
      assertThat(bed.hashes(primary)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("a client that takes a Sentinel's name is not taken for it")
  void areNotToldApartByANameAlone() throws Exception {
    try (TestBed app = ofASuperuser();
        Connection client = primary.connect(app.user, app.firstPassword())) {
      String id = String.valueOf(sentinel.run("SENTINEL", "MYID"));
      RedisServer.run(client, "CLIENT", "SETNAME", "sentinel-" + id.substring(0, 8) + "-cmd");
      String token = app.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> app.run(Step.SET, token))
          .hasMessageContaining("MISCONFIGURED: ")
          .hasMessageContaining("[" + REPLICATOR + ", " + app.user + "]");

      assertThat(sentinelFile()).contains("auth-pass mymaster " + FIRST.reveal());
    }
  }

  @Test
  @DisplayName("a password that would keep a Sentinel from starting again is not given to it")
  void keepAFileThatTheyCanRead() throws Exception {
    try (TestBed bed = ofTheReplicator()) {
      String token = bed.secrets.stage(TestBed.SECRET);
      Secret quoted = Secret.of("a\"quote");
      bed.secrets
          .store()
          .putPending(TestBed.SECRET, token, bed.current().with("password", quoted).json(), null);
      Set<String> before = bed.hashes(primary);

      Throwable failure = catchThrowable(() -> bed.run(Step.SET, token));

      sentinel.restart();
      assertThat(failure)
          .hasMessageContaining("POLICY: ")
          .hasMessageContaining("EXCLUDE_CHARACTERS");
      assertThat(bed.hashes(primary)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("those that want a login of their own know the superuser's")
  void letTheSuperuserIn() throws Exception {
    try (TestBed bed = ofASuperuser()) {
      sentinel.run(
          "ACL",
          "SETUSER",
          RedisServer.ADMIN,
          "on",
          "#" + RedisServer.sha256(primary.adminPassword()),
          "~*",
          "&*",
          "+@all");
      sentinel.run("ACL", "SETUSER", "default", "resetpass", ">of-the-sentinel");

      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a primary refuses every version: its replica keeps the password that it knows")
  void leaveTheReplicaWithWhatThePrimaryKnows() throws Exception {
    try (TestBed bed = ofTheReplicator()) {
      String set = "set-by-hand";
      replica.run("CONFIG", "SET", "masterauth", set);
      RedisAccounts.setHashes(primary, REPLICATOR, Set.of(RedisServer.sha256(Secret.of(set))));
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("refused by 127.0.0.1:" + primary.port());

      assertThat(RedisFollowersTest.masterauth(replica)).isEqualTo(set);
      primary.run("CLIENT", "KILL", "TYPE", "replica");
      RedisDeployment.await(() -> RedisFollowersTest.replicates(primary));
    }
  }

  private TestBed ofTheReplicator() {
    return TestBed.existingUser(
        deployment.nodes(),
        REPLICATOR,
        secret -> secret.put("password", FIRST.reveal()).put("sentinels", sentinels));
  }

  /** An ordinary user, who may publish. */
  private TestBed ofASuperuser() {
    TestBed bed =
        TestBed.user(
            deployment.nodes(),
            List.of("&*", "+publish", "+info", "+cluster|nodes", "+client|setname"),
            secret -> secret.put("sentinels", sentinels));
    ObjectNode superuser =
        TestBed.secret(primary, RedisServer.ADMIN, primary.adminPassword())
            .put("sentinels", sentinels);
    String arn =
        bed.secrets.createSecret(TestBed.SUPERUSER_SECRET, Secret.of(superuser.toString()));
    bed.store(bed.current().with("masterarn", arn));
    return bed;
  }

  /** As a Sentinel makes itself known to its siblings; nothing keeps others from it. */
  private void announce(TestBed app, FakeSentinel stranger) {
    try (Connection client = primary.connect(app.user, app.firstPassword())) {
      RedisServer.run(
          client,
          "PUBLISH",
          "__sentinel__:hello",
          "127.0.0.1,%d,%s,0,%s,127.0.0.1,%d,0"
              .formatted(stranger.port(), "f".repeat(40), MASTER, primary.port()));
    }
    RedisDeployment.await(() -> !sentinel.run("SENTINEL", "SENTINELS", MASTER).equals(List.of()));
  }

  private String sentinelFile() throws IOException {
    return Files.readString(sentinel.usersFile());
  }
}
