package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a rotation costs, call by call; each has its reason. */
class RedisCallsTest {

  private static final String DESCRIBE = "DescribeSecret";
  private static final String READ = "GetSecretValue";

  private static RedisDeployment cluster;

  @BeforeAll
  static void start() {
    cluster = RedisDeployment.cluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @DisplayName("a warm rotation: 10 calls, 5 connections to each node, no failed login")
  void ofAUserThatChangesItself() throws Exception {
    try (TestBed bed = TestBed.user(cluster.nodes())) {
      bed.rotate();

      for (int rotation = 1; rotation <= 2; rotation++) {
        String token = bed.secrets.stage(TestBed.SECRET);
        // the state of the secret, no value yet, what to derive from, AWSPREVIOUS, the new value;
        // is AWSPREVIOUS still accepted, and end it
        assertThat(cost(bed, Step.CREATE, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, READ, "PutSecretValue"), 2, 0));
        // one login that changes, one that proves the change
        assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ), 2, 0));
        assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
        assertThat(cost(bed, Step.FINISH, token))
            .isEqualTo(new Cost(List.of(DESCRIBE, "UpdateSecretVersionStage"), 0, 0));
      }
    }
  }

  @Test
  @DisplayName("by a superuser: 12 calls and 7 connections to each node, no failed login")
  void bySuperuser() throws Exception {
    try (TestBed bed = TestBed.userWithSuperuser(cluster.nodes())) {
      bed.rotate();
      bed.rotate();

      String token = bed.secrets.stage(TestBed.SECRET);
      // the owner logs in itself before the superuser is lent
      assertThat(cost(bed, Step.CREATE, token))
          .isEqualTo(new Cost(List.of(DESCRIBE, READ, READ, READ, READ, "PutSecretValue"), 3, 0));
      assertThat(cost(bed, Step.SET, token)).isEqualTo(new Cost(List.of(READ, READ, READ), 3, 0));
      assertThat(cost(bed, Step.TEST, token)).isEqualTo(new Cost(List.of(READ), 1, 0));
      assertThat(cost(bed, Step.FINISH, token))
          .isEqualTo(new Cost(List.of(DESCRIBE, "UpdateSecretVersionStage"), 0, 0));
    }
  }

  /**
   * What a step did, as Secrets Manager and the nodes saw it.
   *
   * @param logins on each node
   * @param failedLogins on all nodes
   */
  private record Cost(List<String> calls, int logins, int failedLogins) {}

  private static Cost cost(TestBed bed, Step step, String token) throws Exception {
    String arn = bed.secrets.store().describe(TestBed.SECRET).arn();
    cluster
        .nodes()
        .forEach(
            node -> {
              node.run("CONFIG", "RESETSTAT");
              node.run("ACL", "LOG", "RESET");
            });
    bed.secrets.faults().forgetCalls();

    bed.invoke(HandlerFunction.event(step, arn, token));

    List<String> calls = List.copyOf(bed.secrets.faults().calls());
    List<Integer> logins = cluster.nodes().stream().map(RedisCallsTest::logins).distinct().toList();
    assertThat(logins).as("the same on each node").hasSize(1);
    int failed =
        cluster.nodes().stream().mapToInt(node -> ((List<?>) node.run("ACL", "LOG")).size()).sum();
    return new Cost(calls, logins.get(0), failed);
  }

  /** Those of the function: the tests' own client logs in with HELLO. */
  private static int logins(RedisServer node) {
    String statistics = node.run("INFO", "commandstats").toString().toLowerCase(Locale.ROOT);
    Matcher auth = Pattern.compile("cmdstat_auth:calls=(\\d+)").matcher(statistics);
    return auth.find() ? Integer.parseInt(auth.group(1)) : 0;
  }
}
