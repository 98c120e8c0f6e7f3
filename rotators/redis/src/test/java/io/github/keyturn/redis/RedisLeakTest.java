package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;

/** No secret value in what a server shows or logs, nor in what the function does. */
class RedisLeakTest {

  private static final String REPLICATOR = "replicator";

  private final Set<String> secretValues = new LinkedHashSet<>();
  private final List<String> seen = new ArrayList<>();

  @Test
  @DisplayName(
      "MONITOR, the slow log, the ACL log and the servers' logs, with replica and Sentinel")
  void nothingLeaksFromUsers() throws Exception {
    Secret first = Secret.of("first-password-of-the-replicator");
    try (RedisDeployment deployment =
            RedisDeployment.sentinel(
                REPLICATOR,
                first,
                node ->
                    watched(node)
                        .user(REPLICATOR, first, "~*", "&*", "+@all")
                        .setting("masteruser", REPLICATOR)
                        .setting("masterauth", first.reveal()));
        TestBed bed =
            TestBed.existingUser(
                deployment.nodes(),
                REPLICATOR,
                secret ->
                    secret
                        .put("password", first.reveal())
                        .put("sentinels", RedisDeployment.addresses(deployment.sentinels())))) {
      watchWhile(deployment.nodes(), () -> rotateInEveryWay(bed));

      seen.add(deployment.sentinels().get(0).log());
      assertThat(seen.get(seen.size() - 1)).contains("+set master mymaster", "auth-pass");
      assertNothingLeaked(bed);
    }
  }

  @Test
  @DisplayName("the same for requirepass, which can't be set by a hash")
  void nothingLeaksFromRequirepass() throws Exception {
    try (RedisServer server =
            watched(RedisServer.builder().persistence(Persistence.CONFIG_FILE)).start();
        TestBed bed = TestBed.requirepass(List.of(server), secret -> {})) {
      watchWhile(List.of(server), () -> rotateInEveryWay(bed));

      assertNothingLeaked(bed);
    }
  }

  private static RedisServer.Builder watched(RedisServer.Builder node) {
    return node.setting("slowlog-log-slower-than", "0")
        .setting("slowlog-max-len", "10000")
        .setting("loglevel", "debug");
  }

  private void rotateInEveryWay(TestBed bed) throws Exception {
    learn(bed.current());
    for (int rotation = 1; rotation <= 2; rotation++) {
      bed.rotate();
      learn(bed.current());
    }
    learn(bed.version(bed.abandonAfter(Step.SET)));
    bed.rotate();
    learn(bed.current());

    SecretDocument right = bed.current();
    bed.store(right.with("password", Secret.of("wrong-pa$$word \"quoted\\\"")));
    learn(bed.current());
    bed.rotate();
    learn(bed.current());

    String refused = bed.secrets.stage(TestBed.SECRET);
    bed.run(Step.CREATE, refused);
    learn(bed.version(refused));
    for (RedisServer node : bed.nodes) {
      RedisAccounts.setHashes(node, bed.user, Set.of("0".repeat(64)));
    }
    tryStep(bed, Step.SET, refused);
    tryStep(bed, Step.TEST, refused);
  }

  private void tryStep(TestBed bed, Step step, String token) {
    @Nullable Throwable failure = catchThrowable(() -> bed.run(step, token));
    assertThat(failure).isNotNull();
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    seen.add(text.toString());
  }

  private void learn(SecretDocument secret) {
    secretValues.add(secret.text("password"));
  }

  @FunctionalInterface
  private interface Action {
    void run() throws Exception;
  }

  private void watchWhile(List<RedisServer> servers, Action action) throws Exception {
    List<Monitor> monitors = servers.stream().map(Monitor::of).toList();
    action.run();
    for (int i = 0; i < servers.size(); i++) {
      RedisServer server = servers.get(i);
      String monitored = monitors.get(i).end(server);
      String slow = server.run("SLOWLOG", "GET", "10000").toString();
      seen.addAll(List.of(monitored, slow, server.run("ACL", "LOG").toString(), server.log()));
      assertThat(monitored).as("MONITOR saw the rotations").contains("\"AUTH\"", "(redacted)");
      assertThat(slow).as("so did the slow log").containsIgnoringCase("setuser");
    }
  }

  private void assertNothingLeaked(TestBed bed) {
    seen.addAll(bed.log);
    assertThat(secretValues).hasSizeGreaterThan(5);
    for (String text : seen) {
      for (String secret : secretValues) {
        int at = text.indexOf(secret);
        assertThat(at < 0 ? "nothing" : around(text, at)).isEqualTo("nothing");
      }
    }
  }

  private static String around(String text, int at) {
    return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 100));
  }

  /** What the command MONITOR shows of a server. */
  private record Monitor(Connection connection, Queue<String> lines, Thread thread) {

    private static final String END = "end-of-what-is-monitored";

    static Monitor of(RedisServer server) {
      Connection connection = server.connect(RedisServer.ADMIN, server.adminPassword());
      connection.setTimeoutInfinite();
      RedisServer.run(connection, "MONITOR");
      Queue<String> lines = new ConcurrentLinkedQueue<>();
      Thread thread = new Thread(() -> read(connection, lines));
      thread.setDaemon(true);
      thread.start();
      return new Monitor(connection, lines, thread);
    }

    private static void read(Connection connection, Queue<String> lines) {
      String line = "";
      while (!line.contains(END)) {
        line = connection.getStatusCodeReply();
        lines.add(line);
      }
    }

    String end(RedisServer server) throws InterruptedException {
      server.run("PING", END);
      thread.join();
      connection.close();
      return String.join("\n", lines);
    }
  }
}
