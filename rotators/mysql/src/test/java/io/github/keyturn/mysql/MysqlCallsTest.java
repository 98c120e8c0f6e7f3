package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a rotation costs, call by call; each has its reason. */
@ExtendWith(TestServers.class)
class MysqlCallsTest {

  private static final String DESCRIBE = "DescribeSecret";
  private static final String READ = "GetSecretValue";
  private static final String PUT = "PutSecretValue";
  private static final String MOVE = "UpdateSecretVersionStage";

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlCallsTest(MysqlServer mysql, MariaDbServer mariadb) {
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
  @DisplayName("a warm rotation of a single user: 9 calls, 3 connections, no failed login")
  void singleUser(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.rotate();

      String token = bed.secrets.stage(TestBed.SECRET);
      assertThat(cost(bed, Step.CREATE, token))
          .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, PUT), 0, 0));
      assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ), 2, 0));
      assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
      assertThat(cost(bed, Step.FINISH, token)).isEqualTo(new Cost(List.of(DESCRIBE, MOVE), 0, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a warm rotation of two passwords: 10 calls, 5 connections, no failed login")
  void dualPassword(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.dualPassword(server(engine))) {
      bed.rotate();
      bed.rotate();

      String token = bed.secrets.stage(TestBed.SECRET);
      // the previous value too: one login asks whether it is still valid, one ends it
      assertThat(cost(bed, Step.CREATE, token))
          .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, READ, PUT), 2, 0));
      assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ), 2, 0));
      assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
      assertThat(cost(bed, Step.FINISH, token)).isEqualTo(new Cost(List.of(DESCRIBE, MOVE), 0, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "the same by a superuser: its secret is read for each change, its connection is warm")
  void dualPasswordBySuperuser(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.dualPasswordBySuperuser(server(engine))) {
      bed.rotate();
      bed.rotate();

      String token = bed.secrets.stage(TestBed.SECRET);
      assertThat(cost(bed, Step.CREATE, token))
          .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, READ, READ, PUT), 2, 0));
      assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ, READ), 2, 0));
      assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
      assertThat(cost(bed, Step.FINISH, token)).isEqualTo(new Cost(List.of(DESCRIBE, MOVE), 0, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a warm rotation of alternating users: 10 calls, 12 to the clone; 3 connections")
  void alternatingUsers(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.rotate();

      for (boolean toClone : new boolean[] {false, true}) {
        String token = bed.secrets.stage(TestBed.SECRET);
        assertThat(cost(bed, Step.CREATE, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, PUT), 0, 0));
        // the superuser's value for the change, and for the comparison of a clone
        assertThat(cost(bed, Step.SET, token))
            .isEqualTo(
                new Cost(
                    toClone ? List.of(READ, READ, READ, READ) : List.of(READ, READ, READ), 2, 0));
        assertThat(cost(bed, Step.TEST, token))
            .isEqualTo(new Cost(toClone ? List.of(READ, READ) : List.of(READ), 1, 0));
        assertThat(cost(bed, Step.FINISH, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, MOVE), 0, 0));
      }
    }
  }

  @Test
  @DisplayName("a retry of setSecret fails in no login either, where the old password stays valid")
  void retryOfTwoPasswords() throws Exception {
    try (TestBed bed = TestBed.dualPassword(mysql)) {
      String token = bed.abandonAfter(Step.SET);

      assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ), 2, 0));
    }
  }

  /** What a step did, as Secrets Manager and the server saw it. */
  private record Cost(List<String> calls, int connections, int failedLogins) {}

  private static Cost cost(TestBed bed, Step step, String token) throws Exception {
    String arn = bed.secrets.store().describe(TestBed.SECRET).arn();
    int logged = bed.server.generalLog().length();
    bed.secrets.faults().forgetCalls();

    bed.invoke(HandlerFunction.event(step, arn, token));

    List<String> calls = new ArrayList<>(bed.secrets.faults().calls());
    String log = bed.server.generalLog().substring(logged);
    int refused = count(log, "Access denied for user");
    return new Cost(calls, count(log, " on  using "), refused);
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }
}
