package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No secret value in any log: ours at the finest level, the driver's, and the server's general,
 * slow query, error and binary log, nor in its performance schema.
 */
class MysqlLeakTest {

  private static final Map<String, String> LOG_EVERYTHING =
      Map.of(
          "general_log", "ON",
          "slow_query_log", "ON",
          "long_query_time", "0",
          "log_bin", "binlog",
          "server_id", "1",
          "performance_schema", "ON",
          "performance_schema_events_statements_history_long_size", "10000");

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

  private static MysqlProtocolServer start(EngineUnderTest engine) {
    return switch (engine) {
      case MYSQL -> MysqlServer.start(LOG_EVERYTHING);
      case MARIADB -> MariaDbServer.start(LOG_EVERYTHING);
    };
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("all strategies, with refusals and recoveries; one through the SDK over HTTP")
  void nothingLeaks(EngineUnderTest engine) throws Exception {
    try (MysqlProtocolServer server = start(engine)) {
      secretValues.add(server.superuserPassword().reveal());
      try (TestBed bed = TestBed.singleUser(server)) {
        bed.sql(
            "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES'",
            "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES'"
                + " WHERE NAME LIKE 'statement/%'");
      }
      try (TestBed bed = TestBed.singleUser(server);
          LocalEndpoint endpoint = bed.secrets.listen(0)) {
        bed.overHttp(endpoint.url());
        rotateInEveryWay(bed);
        assertThat(finest.text())
            .as("the SDK's own log is part of this")
            .contains("PutSecretValue");
      }
      try (TestBed bed = TestBed.dualPassword(server)) {
        rotateInEveryWay(bed);
      }
      try (TestBed bed = TestBed.dualPasswordBySuperuser(server)) {
        rotateInEveryWay(bed);
      }
      try (TestBed bed = TestBed.alternatingUsers(server)) {
        rotateInEveryWay(bed);
        assertNothingLeaked(bed);
      }
      assertThat(finest.text()).as("the pool's log is part of this").contains("hikari");
      assertThat(finest.text()).as("so is the driver's").contains("org.mariadb.jdbc");
    }
  }

  private void rotateInEveryWay(TestBed bed) throws Exception {
    learn(bed);
    for (int rotation = 1; rotation <= 2; rotation++) {
      bed.rotate();
      learn(bed);
    }
    String abandoned = bed.abandonAfter(Step.SET);
    learn(bed.version(abandoned));
    bed.rotate();
    learn(bed);
    whileReadOnly(bed);
    refuse(bed);
    seen.addAll(bed.log);
  }

  private void whileReadOnly(TestBed bed) throws Exception {
    String readOnly = bed.secrets.stage(TestBed.SECRET);
    bed.run(Step.CREATE, readOnly);
    learn(bed.version(readOnly));
    bed.sql("SET GLOBAL read_only = ON");
    tryStep(bed, Step.SET, readOnly);
    bed.sql("SET GLOBAL read_only = OFF");
  }

  private void refuse(TestBed bed) {
    bed.store(bed.current().with("password", Secret.of("wrong-pa$$word \"quoted\\\"")));
    learn(bed);
    String refused = bed.secrets.stage(TestBed.SECRET);
    tryStep(bed, Step.CREATE, refused);
    bed.secrets
        .store()
        .read(TestBed.SECRET, refused)
        .map(SecretDocument::parse)
        .ifPresent(this::learn);
    bed.sql("SET GLOBAL read_only = ON");
    tryStep(bed, Step.SET, refused);
    tryStep(bed, Step.TEST, refused);
    bed.sql("SET GLOBAL read_only = OFF");
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
    seen.add(bed.server.log());
    seen.add(binaryLog(bed));
    seen.add(performanceSchema(bed));
    assertThat(secretValues).hasSizeGreaterThan(20);
    for (String text : seen) {
      for (String secret : secretValues) {
        int at = text.indexOf(secret);
        assertThat(at < 0 ? "nothing" : around(text, at)).isEqualTo("nothing");
      }
    }
    assertThat(bed.server.generalLog())
        .contains(bed.isMariaDb() ? "SET PASSWORD = '*" : "IDENTIFIED BY <secret> REPLACE <secret>")
        .contains(
            bed.isMariaDb()
                ? "OR mysql_native_password USING '*"
                : "IDENTIFIED BY <secret> RETAIN CURRENT PASSWORD");
  }

  private static String binaryLog(TestBed bed) {
    StringBuilder events = new StringBuilder();
    for (String file : bed.rows("SHOW BINARY LOGS")) {
      String name = file.split(" \\| ", -1)[0];
      events.append(bed.rows("SHOW BINLOG EVENTS IN '%s'".formatted(name)));
    }
    assertThat(events.toString()).contains(bed.user);
    return events.toString();
  }

  private static String performanceSchema(TestBed bed) {
    String statements =
        bed.rows(
                "SELECT SQL_TEXT, DIGEST_TEXT FROM performance_schema.events_statements_history_long")
            .toString();
    assertThat(statements).contains("ALTER");
    return statements;
  }

  private static String around(String text, int at) {
    return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 100));
  }

  /** All loggers of the process, at the level that shows most. */
  private static final class FinestLog extends Handler {

    private final Logger root = Logger.getLogger("");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final StringBuilder text = new StringBuilder();
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
