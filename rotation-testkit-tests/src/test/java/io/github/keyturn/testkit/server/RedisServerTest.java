package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisConnectionException;

class RedisServerTest {

  private static final Secret PASSWORD = Secret.of("pass-of-app");

  @ParameterizedTest
  @EnumSource(Persistence.class)
  void keepsItsUsersOverARestartAsItsFilesDo(Persistence persistence) {
    try (RedisServer server = RedisServer.builder().persistence(persistence).start()) {
      server.createUser("app", PASSWORD, "~*", "+@all");
      assertThat(server.logsIn("app", PASSWORD)).isTrue();
      assertThat(server.logsIn("app", Secret.of("wrong"))).isFalse();

      server.restart();

      assertThat(server.logsIn(RedisServer.ADMIN, server.adminPassword())).isTrue();
      assertThat(server.logsIn("app", PASSWORD)).isEqualTo(persistence != Persistence.NONE);
    }
  }

  @Test
  void comesBackAfterACrashWithAnOlderFile() throws Exception {
    try (RedisServer server = RedisServer.start()) {
      String before = Files.readString(server.usersFile());
      server.createUser("app", PASSWORD);
      server.kill();
      assertThatThrownBy(() -> server.logsIn("app", PASSWORD))
          .isInstanceOf(JedisConnectionException.class);
      Files.writeString(server.usersFile(), before);

      server.restart();

      assertThat(server.logsIn("app", PASSWORD)).isFalse();
    }
  }

  @Test
  void speaksNothingButTlsIfAsked() {
    try (RedisServer server = RedisServer.builder().tls().start();
        Connection connection = server.connect(RedisServer.ADMIN, server.adminPassword())) {
      assertThat(RedisServer.run(connection, "ACL", "WHOAMI")).isEqualTo("admin");
      assertThat(server.run("CONFIG", "GET", "port").toString()).contains("0");
    }
  }

  @Test
  void aReplicaFollowsItsPrimary() {
    try (RedisDeployment deployment = RedisDeployment.sentinel()) {
      RedisServer primary = deployment.nodes().get(0);
      RedisServer replica = deployment.nodes().get(1);
      primary.run("SET", "key", "value");

      RedisDeployment.await(() -> "value".equals(replica.run("GET", "key")));

      assertThat(deployment.sentinels().get(0).run("SENTINEL", "MASTERS").toString())
          .contains(RedisDeployment.SENTINEL_MASTER, String.valueOf(primary.port()));
    }
  }

  @Test
  void threeNodesShareTheSlotsOfACluster() {
    try (RedisDeployment deployment = RedisDeployment.cluster()) {
      assertThat(deployment.nodes()).hasSize(3);
      assertThat(deployment.nodes().get(2).run("CLUSTER", "INFO").toString())
          .contains("cluster_state:ok", "cluster_size:3");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, /redis-server-6.2.6-v5-linux-amd64",
    "Linux, aarch64, /redis-server-6.2.7-linux-arm64",
    "Mac OS X, x86_64, /redis-server-6.2.6-v5-darwin-amd64",
    "Mac OS X, aarch64, /redis-server-6.2.6-v5-darwin-arm64"
  })
  @DisplayName("a program for each system is in the artifact")
  void findsTheProgramOfEachSystem(String osName, String osArch, String resource) {
    assertThat(RedisBinary.resource(osName, osArch)).isEqualTo(resource);
    assertThat(RedisBinary.class.getResource(resource)).isNotNull();
  }
}
