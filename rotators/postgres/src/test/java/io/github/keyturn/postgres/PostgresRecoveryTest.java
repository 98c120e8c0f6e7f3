package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do to a secret between a crash and the rotation that must heal it. */
@ExtendWith(TestServers.class)
class PostgresRecoveryTest {

  private final PostgresServer server;

  PostgresRecoveryTest(PostgresServer server) {
    this.server = server;
  }

  @Test
  @DisplayName("an operator stored a wrong user by hand, and then the right one again")
  void goesOnAfterAVersionOfAnotherUser() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      SecretDocument right = bed.current();
      bed.abandonAfter(Step.SET);
      bed.store(right.with("username", "somebody_else"));
      bed.store(right);

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dbInstanceIdentifier, db-1",
    "masterarn, arn:aws:secretsmanager:us-east-1:123456789012:secret:other",
    "dbname, postgres",
    "engine, aurora-postgresql"
  })
  @DisplayName("an operator completed the secret: older versions still help")
  void recoversAfterTheSecretWasEdited(String field, String value) throws Exception {
    try (TestBed bed = TestBed.singleUser(server, secret -> secret.remove("dbname"))) {
      bed.abandonAfter(Step.SET);
      bed.store(bed.current().with(field, value));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"port", "engine", "dbname", "ssl"})
  @DisplayName("the login of an older version is tried at the target, wherever that version says")
  void takesOnlyTheLoginFromAnOlderVersion(String field) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      SecretDocument right = bed.current();
      ObjectNode incomplete = bed.database(bed.user, right.text("password"));
      incomplete.remove(field);
      bed.secrets.putSecretValue(TestBed.SECRET, Secret.of(incomplete.toString()));
      bed.store(right.with("password", "mistyped"));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void recoversAfterManyAbandonedRotations() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.abandonAfter(Step.SET);
      for (int i = 0; i < 25; i++) {
        bed.abandonAfter(Step.CREATE);
      }

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("AWSCURRENT was rolled back after createSecret: its user's password is not changed")
  void doesNotChangeTheUserThatClientsUse() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String first = bed.secrets.store().readCurrent(TestBed.SECRET).id();
      String second = bed.rotate();
      String token = bed.abandonAfter(Step.CREATE);
      bed.secrets.store().promote(TestBed.SECRET, second, first);
      assertThat(bed.logsIn(bed.current())).isTrue();

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("its clients would be locked out");

      assertThat(bed.logsIn(bed.current())).isTrue();
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }
}
