package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people do to a secret between a crash and the rotation that must heal it. */
@ExtendWith(TestServers.class)
class MysqlRecoveryTest {

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlRecoveryTest(MysqlServer mysql, MariaDbServer mariadb) {
    this.mysql = mysql;
    this.mariadb = mariadb;
  }

  private MysqlProtocolServer server(EngineUnderTest engine) {
    return switch (engine) {
      case MYSQL -> mysql;
      case MARIADB -> mariadb;
    };
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("an operator stored a wrong user by hand, and then the right one again")
  void goesOnAfterAVersionOfAnotherUser(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      SecretDocument right = bed.current();
      bed.abandonAfter(Step.SET);
      bed.store(right.with("username", "somebody_else"));
      bed.store(right);

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void recoversAfterManyAbandonedRotations(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.abandonAfter(Step.SET);
      for (int i = 0; i < 10; i++) {
        bed.abandonAfter(Step.CREATE);
      }

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("AWSCURRENT was rolled back after createSecret: its user's password is not changed")
  void doesNotChangeTheUserThatClientsUse(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String first = bed.secrets.store().readCurrent(TestBed.SECRET).id();
      String second = bed.rotate();
      String token = bed.abandonAfter(Step.CREATE);
      bed.secrets.store().promote(TestBed.SECRET, second, first);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("its clients would be locked out");

      assertThat(bed.logsIn(bed.current())).isTrue();
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }
}
