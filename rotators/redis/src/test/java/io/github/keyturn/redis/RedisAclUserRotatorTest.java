package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import io.github.keyturn.testkit.server.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisConnectionException;

@ExtendWith(TestServers.class)
class RedisAclUserRotatorTest {

  private final RedisServer server;

  RedisAclUserRotatorTest(RedisServer server) {
    this.server = server;
  }

  @Test
  @DisplayName("the user has two passwords, the new one and the old one, and never a third")
  void keepsTheOldPasswordUntilTheNextRotation() throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      for (int rotation = 1; rotation <= 3; rotation++) {
        SecretDocument before = bed.current();

        bed.rotate();

        assertThat(bed.current()).isNotEqualTo(before);
        assertThat(bed.logsIn(bed.current())).isTrue();
        assertThat(bed.logsIn(before)).isTrue();
        assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current(), before));
      }
    }
  }

  @Test
  void endsTheOldPasswordAtOnceIfToldTo() throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      bed.coldStart(Map.of("RETIRE_OLD", "AT_FINISH"));

      bed.rotate();

      assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "valkey"})
  void takesEitherEngine(String engine) throws Exception {
    try (TestBed bed =
        TestBed.user(List.of(server), secret -> secret.put("engine", engine).put("team", "a"))) {
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.current().text("team")).isEqualTo("a");
    }
  }

  @Test
  @DisplayName("a user's name and password may be anything that Redis allows")
  void takesNamesAndPasswordsAsTheyAre() throws Exception {
    String name = "päge:\"*$%'\\" + server.port();
    Secret password = Secret.of("\"pass\" 'wörd' \\ $9 *1 ~");
    try (TestBed bed =
        TestBed.user(
            List.of(server),
            secret -> secret.put("username", name).put("password", password.reveal()))) {
      server.createUser(name, password, "+@all");

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.current().text("username")).isEqualTo(name);
    }
  }

  @Test
  @DisplayName("without a username in the secret it is the default user")
  void rotatesTheDefaultUser() throws Exception {
    try (RedisServer own = RedisServer.start();
        TestBed bed = TestBed.user(List.of(own), secret -> secret.remove("username"))) {
      own.createUser("default", bed.firstPassword(), "~*", "+@all");

      bed.rotate();

      assertThat(own.logsIn("default", bed.current().secret("password"))).isTrue();
      assertThat(bed.current().names()).doesNotContain("username");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Persistence.class,
      names = {"ACL_FILE", "CONFIG_FILE"})
  @DisplayName("both passwords outlive a restart, at each moment")
  void savesWhatItChanges(Persistence persistence) throws Exception {
    try (RedisServer own = RedisServer.builder().persistence(persistence).start();
        TestBed bed = TestBed.user(own)) {
      bed.rotate();
      own.kill();
      own.restart();
      assertThat(bed.hashes(own)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));

      String token = bed.abandonAfter(Step.CREATE);
      own.kill();
      own.restart();
      assertThat(bed.hashes(own)).as("after retire").isEqualTo(TestBed.hashes(bed.current()));

      bed.run(Step.SET, token);
      own.kill();
      own.restart();
      assertThat(bed.hashes(own))
          .as("after set")
          .isEqualTo(TestBed.hashes(bed.current(), bed.version(token)));
    }
  }

  @Test
  @DisplayName("a server that keeps its users in memory alone is refused before anything changes")
  void refusesWhatARestartWouldLose() throws Exception {
    try (RedisServer own = RedisServer.builder().persistence(Persistence.NONE).start();
        TestBed bed = TestBed.user(own)) {
      String token = bed.abandonAfter(Step.CREATE);
      Set<String> before = bed.hashes(own);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("MISCONFIGURED: ")
          .hasMessageContaining("started without a configuration file")
          .hasMessageContaining("a restart would bring the old passwords back")
          .hasMessageContaining("REDIS_ALLOW_UNSAVED=true");
      assertThat(bed.hashes(own)).isEqualTo(before);

      bed.coldStart(Map.of("REDIS_ALLOW_UNSAVED", "true"));
      bed.run(Step.SET, token);
      assertThat(bed.hashes(own)).hasSize(2);
      assertThat(bed.log)
          .anyMatch(line -> line.contains("a restart will bring the old passwords back"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Persistence.class,
      names = {"ACL_FILE", "CONFIG_FILE"})
  void refusesAFileThatCantBeWritten(Persistence persistence) throws Exception {
    try (RedisServer own = RedisServer.builder().persistence(persistence).start();
        TestBed bed = TestBed.user(own)) {
      String token = bed.abandonAfter(Step.CREATE);
      Set<String> before = bed.hashes(own);
      Path folder = Objects.requireNonNull(own.usersFile().getParent());
      Path away = folder.resolveSibling("away-" + own.port());
      Files.move(folder, away);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("MISCONFIGURED: ")
          .hasMessageContaining("file; make it writable");
      assertThat(bed.hashes(own)).isEqualTo(before);

      Files.move(away, folder);
      bed.rotate(token);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("connections of the old password stay, unless the setting closes them")
  void keepsOldConnectionsUnlessToldOtherwise() throws Exception {
    try (TestBed bed = TestBed.user(server);
        Connection old = server.connect(bed.user, bed.firstPassword())) {
      bed.rotate();
      bed.rotate();
      assertThat(TestBed.hashes(bed.current(), bed.previous())).isEqualTo(bed.hashes(server));
      assertThat(RedisServer.run(old, "ACL", "WHOAMI")).isEqualTo(bed.user);

      bed.coldStart(Map.of("REDIS_CLOSE_OLD_CONNECTIONS", "true"));
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> RedisServer.run(old, "ACL", "WHOAMI"))
          .isInstanceOf(JedisConnectionException.class);
      bed.rotate(token);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void endsPasswordsThatAreNotOfTheSecretAndSaysSo() throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      server.run("ACL", "SETUSER", bed.user, ">a-third-one");

      bed.rotate();

      assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
      assertThat(bed.log).anyMatch(line -> line.contains("1 older or foreign password(s)"));
    }
  }

  @Test
  @DisplayName(
      "a wrong AWSCURRENT, stored by hand, is never made valid, and the right one not ended")
  void doesNotMakeAValueValidThatNoNodeKnows() throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      SecretDocument right = bed.current();
      SecretDocument wrong = right.with("password", "mistyped-by-hand");
      bed.store(wrong);

      String token = bed.abandonAfter(Step.CREATE);
      assertThat(bed.logsIn(right)).isTrue();
      assertThat(bed.log).anyMatch(line -> line.contains("AWSPREVIOUS was not ended"));
      bed.rotate(token);

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.logsIn(right)).isTrue();
      assertThat(bed.logsIn(wrong)).isFalse();
    }
  }

  @Test
  void recoversWithAnAbandonedVersion() throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      SecretDocument current = bed.current();
      String abandoned = bed.abandonAfter(Step.SET);
      SecretDocument only = bed.version(abandoned);
      RedisAccounts.setHashes(server, bed.user, TestBed.hashes(only));
      assertThat(bed.logsIn(current)).isFalse();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.log).anyMatch(line -> line.contains("\"outcome\":\"RECOVERED\""));
    }
  }

  @Test
  @DisplayName("a hand-made AWSPENDING can't reach another user")
  void aUserKeepsItsName() throws Exception {
    try (TestBed bed = TestBed.user(server);
        TestBed other = TestBed.user(server)) {
      String token = bed.secrets.stage(TestBed.SECRET);
      SecretDocument pending = bed.current().with("username", other.user);
      bed.secrets.store().putPending(TestBed.SECRET, token, pending.json(), null);
      Set<String> before = other.hashes(server);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("a user keeps its name");

      assertThat(other.hashes(server)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("after somebody has changed the secret's user, the old user is left alone")
  void doesNotEndThePasswordOfAnotherUser() throws Exception {
    try (TestBed bed = TestBed.user(server);
        TestBed other = TestBed.user(server)) {
      bed.store(bed.current().with("username", other.user).with("password", other.firstPassword()));

      bed.rotate();

      assertThat(other.hashes(server)).hasSize(2);
      assertThat(server.logsIn(bed.user, bed.firstPassword())).isTrue();
    }
  }

  @Test
  @DisplayName("by a superuser: the user itself needs no right but to be found")
  void rotatesAUserWithoutRights() throws Exception {
    try (TestBed bed = TestBed.userWithSuperuser(List.of(server))) {
      for (int rotation = 1; rotation <= 2; rotation++) {
        bed.rotate();
        assertThat(bed.hashes(server)).isEqualTo(TestBed.hashes(bed.current(), bed.previous()));
      }
    }
  }

  @Test
  void takesTheSuperuserThatTheFunctionIsGiven() throws Exception {
    try (TestBed bed = TestBed.userWithSuperuser(List.of(server))) {
      String arn = bed.current().text("masterarn");
      ObjectNode without = TestBed.secret(server, bed.user, bed.firstPassword());
      bed.store(SecretDocument.parse(Secret.of(without.toString())));
      bed.coldStart(Map.of("SUPERUSER_SECRET_ARN", arn));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a superuser changes nothing for who can't log in as the user")
  void aSuperuserHelpsNobodyWhoIsRefused() throws Exception {
    try (TestBed bed = TestBed.userWithSuperuser(List.of(server))) {
      RedisAccounts.setHashes(server, bed.user, Set.of("0".repeat(64)));
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("REJECTED: none of the");

      assertThat(bed.hashes(server)).containsExactly("0".repeat(64));
    }
  }

  @Test
  @DisplayName("an outage is no refusal, and names the node")
  void anOutageIsNoRefusal() throws Exception {
    try (RedisServer own = RedisServer.start();
        TestBed bed = TestBed.user(own)) {
      String token = bed.abandonAfter(Step.CREATE);
      own.stop();

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("NETWORK: Redis at 127.0.0.1:" + own.port())
          .hasMessageContaining("security groups");

      own.restart();
      bed.rotate(token);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void passesATestAloneWithoutChangingAnything() throws Exception {
    try (TestBed bed = TestBed.user(server)) {
      String token = bed.secrets.stage(TestBed.SECRET);
      bed.secrets.store().putPending(TestBed.SECRET, token, bed.current().json(), null);
      Set<String> before = bed.hashes(server);

      bed.run(Step.TEST, token);

      assertThat(bed.hashes(server)).isEqualTo(before);
    }
  }
}
