package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a rotation costs, call by call; each has its reason. */
class PostgresCallsTest {

  private static final String DESCRIBE = "DescribeSecret";
  private static final String READ = "GetSecretValue";

  private static PostgresServer server;

  @BeforeAll
  static void start() {
    server = PostgresServer.start(Map.of("log_connections", "on"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  @DisplayName("a warm rotation of a single user: 9 calls, 3 connections, no failed login")
  void singleUser() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.rotate();

      for (int rotation = 1; rotation <= 2; rotation++) {
        String token = bed.secrets.stage(TestBed.SECRET);
        // state of the secret; no value yet; what to derive from; the new value
        assertThat(cost(bed, Step.CREATE, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, "PutSecretValue"), 0, 0));
        // pending and current; one login that changes, one that proves the change
        assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ), 2, 0));
        assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
        // where AWSCURRENT is, to move it from there and nowhere else
        assertThat(cost(bed, Step.FINISH, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, "UpdateSecretVersionStage"), 0, 0));
      }
    }
  }

  @Test
  @DisplayName("a warm rotation of alternating users: 10 calls, 3 connections, no failed login")
  void alternatingUsers() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();

      for (int rotation = 1; rotation <= 2; rotation++) {
        String token = bed.secrets.stage(TestBed.SECRET);
        assertThat(cost(bed, Step.CREATE, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, "PutSecretValue"), 0, 0));
        // the superuser's value too, since it may have been rotated; its connection is still open
        assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ, READ), 2, 0));
        assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
        assertThat(cost(bed, Step.FINISH, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, "UpdateSecretVersionStage"), 0, 0));
      }
    }
  }

  @Test
  @DisplayName("a cold finishSecret has not seen the value, and reads it before it promotes it")
  void coldFinish() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String token = bed.abandonAfter(Step.TEST);
      bed.coldStart(Map.of());

      assertThat(cost(bed, Step.FINISH, token).calls())
          .containsExactly(DESCRIBE, READ, "UpdateSecretVersionStage");
    }
  }

  @Test
  @DisplayName("the first rotation of alternating users logs in once more, as superuser")
  void coldAlternatingUsers() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String token = bed.abandonAfter(Step.CREATE);

      assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ, READ), 3, 0));
    }
  }

  /** What a step did, as Secrets Manager and the server saw it. */
  private record Cost(List<String> calls, int connections, int failedLogins) {}

  private static Cost cost(TestBed bed, Step step, String token) throws Exception {
    String arn = bed.secrets.store().describe(TestBed.SECRET).arn();
    int logged = server.log().length();
    bed.secrets.faults().forgetCalls();

    bed.invoke(io.github.keyturn.local.HandlerFunction.event(step, arn, token));

    List<String> calls = new ArrayList<>(bed.secrets.faults().calls());
    String log = server.log().substring(logged);
    return new Cost(
        calls,
        count(log, "connection authorized: user="),
        count(log, "password authentication failed"));
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }
}
