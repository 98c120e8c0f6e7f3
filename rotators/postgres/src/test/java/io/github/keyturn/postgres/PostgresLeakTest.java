package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.testkit.server.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No secret value in any log, ours at the finest level and the server's with every statement. */
class PostgresLeakTest {

  private static final Map<String, String> LOG_EVERYTHING =
      Map.of(
          "log_statement", "all",
          "log_min_duration_statement", "0",
          "log_connections", "on",
          "log_error_verbosity", "verbose",
          "log_min_messages", "debug1");

  private final FinestLog finest = new FinestLog();
  private final Set<String> secretValues = new LinkedHashSet<>();
  private final List<String> seen = new ArrayList<>();

  @BeforeEach
  void listen() {
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    finest.attach();
  }

  @AfterEach
  void stopListening() {
    finest.detach();
  }

  @ParameterizedTest
  @ValueSource(strings = {"DIRECT", "SDK"})
  @DisplayName("rotations, refusals and recoveries, through each client over HTTP")
  void nothingLeaksOverHttp(String client) throws Exception {
    try (PostgresServer server = PostgresServer.start(LOG_EVERYTHING);
        TestBed bed = TestBed.singleUser(server);
        LocalEndpoint endpoint = bed.secrets.listen(0)) {
      bed.overHttp(endpoint.url(), client);
      learn(bed);
      rotateInEveryWay(bed);

      assertNothingLeaked(bed);
      if (client.equals("SDK")) {
        assertThat(finest.text()).as("its own log is part of this").contains("PutSecretValue");
      }
      assertThat(finest.text()).as("so is the driver's").contains("org.postgresql");
      assertThat(server.log()).contains("SCRAM-SHA-256$4096");
    }
  }

  @Test
  void nothingLeaksWithASuperuser() throws Exception {
    try (PostgresServer server = PostgresServer.start(LOG_EVERYTHING);
        TestBed bed = TestBed.alternatingUsers(server)) {
      secretValues.add(server.superuserPassword().reveal());
      learn(bed);
      rotateInEveryWay(bed);

      assertNothingLeaked(bed);
      assertThat(finest.text()).as("the pool's log is part of this").contains("hikari");
    }
  }

  private void rotateInEveryWay(TestBed bed) throws Exception {
    for (int rotation = 1; rotation <= 2; rotation++) {
      bed.rotate();
      learn(bed);
    }
    String abandoned = bed.abandonAfter(Step.SET);
    learn(bed.version(abandoned));
    bed.rotate();
    learn(bed);

    String readOnly = bed.secrets.stage(TestBed.SECRET);
    bed.run(Step.CREATE, readOnly);
    learn(bed.version(readOnly));
    bed.sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
    tryStep(bed, Step.SET, readOnly);

    bed.store(bed.current().with("password", Secret.of("wrong-pa$$word \"quoted\\\"")));
    learn(bed);
    String refused = bed.secrets.stage(TestBed.SECRET);
    tryStep(bed, Step.CREATE, refused);
    bed.secrets
        .store()
        .read(TestBed.SECRET, refused)
        .map(SecretDocument::parse)
        .ifPresent(this::learn);
    tryStep(bed, Step.SET, refused);
    tryStep(bed, Step.TEST, refused);
  }

  private void tryStep(TestBed bed, Step step, String token) {
    @Nullable Throwable failure = catchThrowable(() -> bed.run(step, token));
    if (failure != null) {
      StringWriter text = new StringWriter();
      failure.printStackTrace(new PrintWriter(text));
      seen.add(text.toString());
    }
  }

  private void learn(TestBed bed) {
    learn(bed.current());
  }

  private void learn(SecretDocument secret) {
    secretValues.add(secret.text("password"));
  }

  private void assertNothingLeaked(TestBed bed) {
    seen.add(finest.text());
    seen.addAll(bed.log);
    seen.add(bed.server.log());
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

  /**
   * Everything that goes through java.util.logging, which is where drivers and the SDK log here.
   */
  private static final class FinestLog extends Handler {

    private final StringBuilder text = new StringBuilder();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Logger root = Logger.getLogger("");
    private @Nullable Level before;

    void attach() {
      before = root.getLevel();
      setLevel(Level.ALL);
      root.setLevel(Level.ALL);
      root.addHandler(this);
    }

    void detach() {
      root.removeHandler(this);
      root.setLevel(before);
    }

    synchronized String text() {
      return text.toString();
    }

    @Override
    public synchronized void publish(LogRecord record) {
      text.append(record.getLoggerName()).append(' ').append(formatter.format(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
