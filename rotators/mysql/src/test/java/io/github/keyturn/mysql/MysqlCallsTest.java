package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a rotation costs, call by call; each has its reason. AWS's templates make 14 calls and up to
 * 8 connections, one of which fails every time.
 */
@ExtendWith(TestServers.class)
class MysqlCallsTest {

  private static final String DESCRIBE = "DescribeSecret";
  private static final String READ = "GetSecretValue";
  private static final String PUT = "PutSecretValue";
  private static final String MOVE = "UpdateSecretVersionStage";

  private final List<MysqlProtocolServer> servers;

  MysqlCallsTest(MysqlServer mysql, MariaDbServer mariaDb) {
    servers = List.of(mysql, mariaDb);
  }

  @Test
  @DisplayName("a warm rotation of a single user: 9 calls, 3 connections, no failed login")
  void singleUser() throws Exception {
    for (MysqlProtocolServer server : servers) {
      try (TestBed bed = TestBed.singleUser(server)) {
        bed.rotate();

        for (int rotation = 1; rotation <= 2; rotation++) {
          Rotation next = new Rotation(bed);
          // state of the secret; no value yet; what to derive from; the new value
          next.costs(Step.CREATE, 0, DESCRIBE, READ, READ, PUT);
          // pending and current; one login that changes, one that proves the change
          next.costs(Step.SET, 2, READ, READ);
          next.costs(Step.TEST, 1, READ);
          // where AWSCURRENT is, to move it from there and nowhere else
          next.costs(Step.FINISH, 0, DESCRIBE, MOVE);
        }
      }
    }
  }

  @Test
  @DisplayName("a warm rotation of two passwords: 10 calls, 5 connections, no failed login")
  void dualPassword() throws Exception {
    for (MysqlProtocolServer server : servers) {
      try (TestBed bed = TestBed.dualPassword(server)) {
        bed.rotate();

        for (int rotation = 1; rotation <= 2; rotation++) {
          Rotation next = new Rotation(bed);
          // AWSPREVIOUS too: its password ends here, after AWSCURRENT has logged in
          next.costs(Step.CREATE, 2, DESCRIBE, READ, READ, READ, PUT);
          next.costs(Step.SET, 2, READ, READ);
          next.costs(Step.TEST, 1, READ);
          next.costs(Step.FINISH, 0, DESCRIBE, MOVE);
        }
      }
    }
  }

  @Test
  @DisplayName("two passwords, kept by a superuser: 12 calls, 5 connections, no failed login")
  void dualPasswordBySuperuser() throws Exception {
    for (MysqlProtocolServer server : servers) {
      try (TestBed bed = TestBed.dualPasswordBySuperuser(server)) {
        bed.rotate();

        for (int rotation = 1; rotation <= 2; rotation++) {
          Rotation next = new Rotation(bed);
          // the superuser's value too, since it may have been rotated; its connection is still open
          next.costs(Step.CREATE, 2, DESCRIBE, READ, READ, READ, READ, PUT);
          next.costs(Step.SET, 2, READ, READ, READ);
          next.costs(Step.TEST, 1, READ);
          next.costs(Step.FINISH, 0, DESCRIBE, MOVE);
        }
      }
    }
  }

  @Test
  @DisplayName(
      "a warm rotation of alternating users: 10 to 12 calls, 2 connections, no failed login")
  void alternatingUsers() throws Exception {
    for (MysqlProtocolServer server : servers) {
      try (TestBed bed = TestBed.alternatingUsers(server)) {
        bed.rotate();

        Rotation toOriginal = new Rotation(bed);
        toOriginal.costs(Step.CREATE, 0, DESCRIBE, READ, READ, PUT);
        toOriginal.costs(Step.SET, 1, READ, READ, READ);
        toOriginal.costs(Step.TEST, 1, READ);
        toOriginal.costs(Step.FINISH, 0, DESCRIBE, MOVE);

        Rotation toClone = new Rotation(bed);
        toClone.costs(Step.CREATE, 0, DESCRIBE, READ, READ, PUT);
        // the superuser once more, to compare what the clone has with what it should have
        toClone.costs(Step.SET, 1, READ, READ, READ, READ);
        toClone.costs(Step.TEST, 1, READ, READ);
        toClone.costs(Step.FINISH, 0, DESCRIBE, MOVE);
      }
    }
  }

  /** One rotation, watched at Secrets Manager and at the server. */
  private static final class Rotation {
    private final TestBed bed;
    private final String token;
    private final String arn;

    Rotation(TestBed bed) {
      this.bed = bed;
      this.token = bed.secrets.stage(TestBed.SECRET);
      this.arn = bed.secrets.store().describe(TestBed.SECRET).arn();
    }

    void costs(Step step, int connections, String... calls) throws Exception {
      int logged = bed.server.generalLog().length();
      bed.secrets.faults().forgetCalls();

      bed.invoke(HandlerFunction.event(step, arn, token));

      String log = bed.server.generalLog().substring(logged);
      assertThat(bed.secrets.faults().calls())
          .as("calls of %s on %s", step, bed.server.getClass().getSimpleName())
          .containsExactly(calls);
      assertThat(count(log, "@localhost on  using"))
          .as("connections of %s:%n%s", step, log)
          .isEqualTo(connections);
      assertThat(log).doesNotContain("Access denied");
    }

    private static int count(String text, String part) {
      return text.split(part, -1).length - 1;
    }
  }
}
