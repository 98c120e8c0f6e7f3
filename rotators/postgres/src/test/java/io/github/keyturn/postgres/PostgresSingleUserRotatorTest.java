package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class PostgresSingleUserRotatorTest {

  private final PostgresServer server;

  PostgresSingleUserRotatorTest(PostgresServer server) {
    this.server = server;
  }

  @Test
  void logsInWithTheNewValueOnly() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      SecretDocument before = bed.current();

      String token = bed.rotate();

      assertThat(bed.secrets.store().readCurrent(TestBed.SECRET).id()).isEqualTo(token);
      assertThat(bed.current().text("password")).isNotEqualTo(before.text("password"));
      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.logsIn(before)).isFalse();
    }
  }

  @Test
  void keepsSessionsThatAreOpen() throws Exception {
    try (TestBed bed = TestBed.singleUser(server);
        Connection client = bed.connect(bed.current())) {
      bed.rotate();

      assertThat(client.isValid(5)).isTrue();
    }
  }

  @Test
  void keepsForeignFieldsAndTheirTypes() throws Exception {
    try (TestBed bed =
        TestBed.singleUser(
            server, secret -> secret.put("ratio", 1.50).put("enabled", true).put("note", "é"))) {
      bed.rotate();

      assertThat(bed.current().json().reveal())
          .contains("\"ratio\":1.5", "\"enabled\":true", "\"note\":\"é\"");
    }
  }

  @Test
  void takesAwsShapedSecrets() throws Exception {
    try (TestBed bed =
        TestBed.singleUser(
            server,
            secret -> {
              secret.put("engine", "aurora-postgresql");
              secret.put("port", String.valueOf(server.port()));
              secret.put("ssl", "true");
              secret.put("dbClusterIdentifier", "cluster");
              secret.remove("dbname");
            })) {
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void quotesUserNames() throws Exception {
    String name = "we\"ird; DROP ROLE '%s é".formatted(System.nanoTime());
    try (TestBed bed = TestBed.singleUser(server, secret -> secret.put("username", name))) {
      bed.sql(
          "CREATE ROLE \"%s\" LOGIN PASSWORD '%s'"
              .formatted(name.replace("\"", "\"\""), bed.current().text("password")));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void storesAScramVerifierWhateverTheServerWouldMakeOfAPlainPassword() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.sql("ALTER ROLE \"%s\" SET password_encryption = 'md5'".formatted(bed.user));

      bed.rotate();

      assertThat(bed.verifier(bed.user)).startsWith("SCRAM-SHA-256$");
    }
  }

  @Test
  @DisplayName(
      "changes its password even if its role settings make it act as another, read-only user")
  void worksAsItselfWhateverItsSettings() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String group = bed.user + "_group";
      bed.sql(
          "CREATE ROLE \"%s\"".formatted(group),
          "GRANT \"%s\" TO \"%s\"".formatted(group, bed.user),
          "ALTER ROLE \"%s\" SET role = '%s'".formatted(bed.user, group),
          "ALTER ROLE \"%s\" SET default_transaction_read_only = on".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void everyStepTwiceIsAsOnce() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String token = bed.secrets.stage(TestBed.SECRET);
      for (Step step : Step.values()) {
        bed.run(step, token);
        bed.run(step, token);
      }

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void setSecretAtTheSameTimeIsAsOnce() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String token = bed.abandonAfter(Step.CREATE);

      atTheSameTime(4, () -> bed.run(Step.SET, token));
      bed.run(Step.TEST, token);
      bed.run(Step.FINISH, token);

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName(
      "a crash after setSecret and then a new token: the abandoned version's value is the authority")
  void recoversWithTheValueOfAnAbandonedRotation() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String abandoned = bed.abandonAfter(Step.SET);
      assertThat(bed.logsIn(bed.current())).isFalse();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.log).anyMatch(line -> line.contains("recovered") && line.contains(abandoned));
    }
  }

  @Test
  void recoversFromTwoAbandonedRotationsInARow() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.rotate();
      bed.abandonAfter(Step.SET);
      bed.abandonAfter(Step.SET);

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void recoversWithAwspreviousWhenAPersonRolledTheSecretBackAtTheServer() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      SecretDocument first = bed.current();
      bed.rotate();
      bed.sql("ALTER ROLE \"%s\" PASSWORD '%s'".formatted(bed.user, first.text("password")));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void saysWhatToDoWhenNothingLogsIn() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.sql("ALTER ROLE \"%s\" PASSWORD 'nobody-knows'".formatted(bed.user));
      String before = bed.verifier(bed.user);

      assertThatThrownBy(bed::rotate)
          .isInstanceOfSatisfying(
              RotationException.class,
              failure -> assertThat(failure.reason()).isEqualTo(RotationException.Reason.REJECTED))
          .hasMessageContaining("set AWSCURRENT's password at the target by hand");
      assertThat(bed.verifier(bed.user)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("a wrong dbname changes nothing: the login database never decides what happens")
  void changesNothingWithAWrongDatabase() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.rotate();
      bed.store(bed.current().with("dbname", "absent"));
      String before = bed.verifier(bed.user);

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("has no database 'absent'");
      assertThat(bed.verifier(bed.user)).isEqualTo(before);

      bed.store(bed.current().with("dbname", "postgres"));
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void refusesToChangeAnotherUser() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String victim = bed.user + "_victim";
      bed.createUser(victim, "unchanged");
      String before = bed.verifier(victim);
      String token = bed.secrets.stage(TestBed.SECRET);
      bed.secrets
          .store()
          .putPending(TestBed.SECRET, token, bed.current().with("username", victim).json(), null);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("a single user keeps its name");
      assertThat(bed.verifier(victim)).isEqualTo(before);
    }
  }

  @Test
  void anOutageIsNoRefusal() throws Exception {
    try (PostgresServer own = PostgresServer.start();
        TestBed bed = TestBed.singleUser(own)) {
      String token = bed.abandonAfter(Step.CREATE);
      own.stop();

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .isInstanceOfSatisfying(
              RotationException.class,
              failure -> assertThat(failure.reason()).isEqualTo(RotationException.Reason.NETWORK))
          .hasMessageContaining("security groups");

      own.restart();
      for (Step step : List.of(Step.SET, Step.TEST, Step.FINISH)) {
        bed.run(step, token);
      }
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void passesATestAloneWithoutChangingAnything() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String before = bed.verifier(bed.user);
      String token = bed.secrets.stage(TestBed.SECRET);
      bed.secrets.store().putPending(TestBed.SECRET, token, bed.current().json(), null);

      bed.run(Step.TEST, token);

      assertThat(bed.verifier(bed.user)).isEqualTo(before);
    }
  }

  @Test
  void usesTheFunctionsPasswordPolicy() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(Map.of("PASSWORD_LENGTH", "64", "EXCLUDE_PUNCTUATION", "true"));

      bed.rotate();

      assertThat(bed.current().text("password")).hasSize(64).matches("[A-Za-z0-9]+");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  private static void atTheSameTime(int times, ThrowingRunnable action) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      Callable<Boolean> call =
          () -> {
            action.run();
            return true;
          };
      for (Future<Boolean> result : threads.invokeAll(java.util.Collections.nCopies(times, call))) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @FunctionalInterface
  private interface ThrowingRunnable {
    void run() throws Exception;
  }
}
