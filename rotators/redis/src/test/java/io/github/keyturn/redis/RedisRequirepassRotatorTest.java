package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;

class RedisRequirepassRotatorTest {

  @Test
  @DisplayName("the default user has both passwords, requirepass the new one, also after a restart")
  void keepsRequirepassInStep() throws Exception {
    try (RedisServer server = RedisServer.builder().persistence(Persistence.CONFIG_FILE).start();
        TestBed bed = TestBed.requirepass(List.of(server), secret -> {});
        Connection old = server.connect("default", server.adminPassword())) {
      for (int rotation = 1; rotation <= 2; rotation++) {
        bed.rotate();

        assertInStep(bed, server);
        server.run("PING");
      }
      assertThat(RedisServer.run(old, "ACL", "WHOAMI")).isEqualTo("default");

      server.kill();
      server.restart();

      assertInStep(bed, server);
      bed.rotate();
      assertInStep(bed, server);
    }
  }

  private static void assertInStep(TestBed bed, RedisServer server) {
    assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
    assertThat(requirepass(server)).isEqualTo(bed.current().text("password"));
  }

  private static String requirepass(RedisServer server) {
    return String.valueOf(((List<?>) server.run("CONFIG", "GET", "requirepass")).get(1));
  }

  @Test
  @DisplayName("AWSCURRENT was moved back by hand: requirepass follows before the other one ends")
  void goesBackWithTheLabel() throws Exception {
    try (RedisServer server = RedisServer.builder().persistence(Persistence.CONFIG_FILE).start();
        TestBed bed = TestBed.requirepass(List.of(server), secret -> {})) {
      String first = bed.secrets.store().readCurrent(TestBed.SECRET).id();
      bed.secrets.store().promote(TestBed.SECRET, bed.rotate(), first);

      bed.abandonAfter(Step.CREATE);

      assertThat(requirepass(server)).isEqualTo(bed.current().text("password"));
      assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current()));
    }
  }

  @Test
  @DisplayName("one password for clients, replication and Sentinel: all follow")
  void takesReplicasAndSentinelsAlong() throws Exception {
    Secret password = RedisServer.randomPassword();
    try (RedisDeployment deployment =
            RedisDeployment.sentinel(
                "default",
                password,
                node ->
                    node.persistence(Persistence.CONFIG_FILE)
                        .adminPassword(password)
                        .setting("masteruser", "")
                        .setting("masterauth", password.reveal()));
        TestBed bed =
            TestBed.requirepass(
                deployment.nodes(),
                secret ->
                    secret.put("sentinels", RedisDeployment.addresses(deployment.sentinels())))) {
      bed.rotate();
      bed.rotate();

      RedisServer primary = deployment.nodes().get(0);
      for (RedisServer node : deployment.nodes()) {
        assertInStep(bed, node);
        assertThat(RedisFollowersTest.masterauth(node)).isEqualTo(bed.current().text("password"));
      }
      primary.run("CLIENT", "KILL", "USER", "default");
      RedisDeployment.await(() -> RedisFollowersTest.replicates(primary));
      RedisDeployment.await(
          () -> primary.run("CLIENT", "LIST").toString().contains("name=sentinel-"));
      deployment.nodes().get(1).restart();
      RedisDeployment.await(() -> RedisFollowersTest.replicates(primary));
    }
  }

  @Test
  void refusesAServerThatIgnoresRequirepass() throws Exception {
    try (RedisServer server = RedisServer.start();
        TestBed bed = TestBed.requirepass(List.of(server), secret -> {})) {
      server.createUser("default", server.adminPassword(), "~*", "+@all");
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("MISCONFIGURED: ")
          .hasMessageContaining("has an ACL file, and then ignores requirepass")
          .hasMessageContaining("RedisAclUserRotationHandler");

      assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current()));
    }
  }

  @Test
  void refusesWhatARestartWouldLose() throws Exception {
    try (RedisServer server = RedisServer.builder().persistence(Persistence.NONE).start();
        TestBed bed = TestBed.requirepass(List.of(server), secret -> {})) {
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("a restart would bring the old passwords back");

      bed.coldStart(Map.of("REDIS_ALLOW_UNSAVED", "true"));
      bed.rotate(token);
      assertInStep(bed, server);
    }
  }
}
