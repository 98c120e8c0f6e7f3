package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Connection;

/** Servers as they are found in operation. */
class RedisOperationsTest {

  @ParameterizedTest(name = "TLS: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("no connection left: said so, and not that a certificate is wrong")
  void namesMaxclients(boolean tls) throws Exception {
    RedisServer.Builder builder = RedisServer.builder();
    try (RedisServer server = (tls ? builder.tls() : builder).start();
        TestBed bed = TestBed.user(List.of(server), secret -> secret.put("ssl", tls));
        Connection last = server.connect(RedisServer.ADMIN, server.adminPassword())) {
      if (tls) {
        bed.coldStart(Map.of("TLS_CA_BUNDLE", server.caBundle().toString()));
      }
      String token = bed.abandonAfter(Step.CREATE);
      RedisServer.run(last, "CONFIG", "SET", "maxclients", "1");

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("maxclients")
          .hasMessageNotContaining("TLS_CA_BUNDLE");
    }
  }

  @Test
  @DisplayName("the default user of a server with requirepass, rotated as a user: after a restart")
  void outlivesRequirepassInTheSameFile() throws Exception {
    try (RedisServer server = RedisServer.builder().persistence(Persistence.CONFIG_FILE).start();
        TestBed bed =
            TestBed.existingUser(
                List.of(server),
                "default",
                secret -> secret.put("password", server.adminPassword().reveal()))) {
      for (int rotation = 1; rotation <= 3; rotation++) {
        bed.rotate();
        server.kill();
        server.restart();

        assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
      }
    }
  }

  @Test
  @DisplayName("requirepass by a superuser that may not run a transaction: nothing has changed")
  void provesThatItMayRunATransaction() throws Exception {
    try (RedisServer server = RedisServer.builder().persistence(Persistence.CONFIG_FILE).start();
        TestBed bed =
            TestBed.requirepass(
                List.of(server), secret -> secret.put("nodes", "127.0.0.1:" + server.port()))) {
      Secret password = Secret.of("of-the-superuser");
      server.createUser("keyturn", password, "+@all", "-multi", "-exec");
      ObjectNode superuser =
          TestBed.secret(server, "keyturn", password).put("nodes", "127.0.0.1:" + server.port());
      String arn =
          bed.secrets.createSecret(TestBed.SUPERUSER_SECRET, Secret.of(superuser.toString()));
      bed.store(bed.current().with("masterarn", arn));
      String token = bed.abandonAfter(Step.CREATE);
      Set<String> before = bed.hashes(server);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("does not let 'keyturn' run MULTI");

      assertThat(bed.hashes(server)).isEqualTo(before);
      server.run("ACL", "SETUSER", "keyturn", "+multi", "+exec");
      bed.rotate(token);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a replica found at an address of another network: said what to do")
  void namesTheListOfNodes() throws Exception {
    try (RedisDeployment deployment =
            RedisDeployment.replicated(node -> node.setting("replica-announce-ip", "127.9.9.9"));
        TestBed bed = TestBed.user(deployment.nodes())) {
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("127.9.9.9")
          .hasMessageContaining("list all nodes in the secret's field 'nodes'");
    }
  }
}
