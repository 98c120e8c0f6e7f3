package io.github.keyturn.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SuperuserPoolTest {

  private static final DatabaseSecret LOGIN = Samples.login("super", "first-password");
  private static final DatabaseSecret CHANGED = Samples.login("super", "second-password");

  /** Longer than the pause after which a pool would try a login again. */
  private static final Duration WHILE = Duration.ofMillis(1_500);

  private final FakeDatabase database = new FakeDatabase();
  private final SuperuserPool pool = new SuperuserPool();

  @Test
  @DisplayName("nothing is opened by the constructor, so that no socket is part of a snapshot")
  void opensNothingUntilItIsUsed() {
    List<Thread> before = poolThreads();

    SuperuserPool fresh = new SuperuserPool();

    assertThat(fresh).hasAllNullFieldsOrProperties();
    assertThat(poolThreads()).containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void opensOneConnectionForManyUses() throws SQLException {
    for (int i = 0; i < 5; i++) {
      use(LOGIN);
    }

    assertThat(database.logins).hasValue(1);
    assertThat(database.last().closed).isFalse();
  }

  @Test
  void givesTheConnectionBackAsItWas() throws SQLException {
    try (Connection connection = pool.connection(LOGIN, database)) {
      connection.setAutoCommit(false);
    }

    try (Connection connection = pool.connection(LOGIN, database)) {
      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  @Test
  void replacesTheConnectionWhenThePasswordHasChanged() throws SQLException {
    use(LOGIN);

    use(CHANGED);

    assertThat(database.logins).hasValue(2);
    assertThat(database.connections.get(0).closed).isTrue();
    assertThat(database.connections.get(1).closed).isFalse();
  }

  @Test
  void replacesADeadConnection() throws SQLException {
    use(LOGIN);
    database.last().die();

    use(LOGIN);

    assertThat(database.logins).hasValue(2);
    assertThat(database.connections.get(0).closed).isTrue();
  }

  @Test
  void replacesAConnectionThatFailedInUse() throws SQLException {
    try (Connection connection = pool.connection(LOGIN, database)) {
      database.last().die();
      assertThatThrownBy(connection::createStatement).isInstanceOf(SQLException.class);
    }

    use(LOGIN);

    assertThat(database.logins).hasValue(2);
  }

  @Test
  void throwsWhatTheDriverThrewAfterOneAttempt() throws InterruptedException {
    SQLException refusal = new SQLException("password authentication failed", "28P01");
    database.refuse(refusal);
    Instant start = Instant.now();

    assertThatThrownBy(() -> use(LOGIN)).isSameAs(refusal);

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(500));
    Thread.sleep(WHILE.toMillis());
    assertThat(database.logins).hasValue(1);
  }

  @Test
  void triesAgainAtTheNextCallAfterAFailedLogin() throws SQLException {
    database.refuse(new SQLException("too many connections", "53300"));
    assertThatThrownBy(() -> use(LOGIN)).isInstanceOf(SQLException.class);
    database.accept();

    use(LOGIN);

    assertThat(database.logins).hasValue(2);
  }

  @Test
  @DisplayName(
      "a refused login after the connection has died is tried once: more could lock the superuser")
  void triesOnceWhenTheLoginIsRefusedAfterTheConnectionHasDied() throws Exception {
    use(LOGIN);
    SQLException refusal = new SQLException("password authentication failed", "28P01");
    database.refuse(refusal);
    database.last().die();
    Instant start = Instant.now();

    assertThatThrownBy(() -> use(LOGIN)).isSameAs(refusal);

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
    Thread.sleep(WHILE.toMillis());
    assertThat(database.logins).hasValue(2);
  }

  @Test
  @DisplayName("between two invocations nobody logs in, also when the connection is lost")
  void neverLogsInByItself() throws Exception {
    try (Connection connection = pool.connection(LOGIN, database)) {
      database.last().die();
      assertThatThrownBy(connection::createStatement).isInstanceOf(SQLException.class);
    }

    Thread.sleep(WHILE.toMillis());

    assertThat(database.logins).hasValue(1);
  }

  @Test
  @DisplayName("who comes second waits for the connection, and does not take it from the first")
  void lendsTheConnectionToOneAtATime() throws Exception {
    CompletableFuture<Void> second;
    try (Connection first = pool.connection(LOGIN, database)) {
      second = CompletableFuture.runAsync(this::useQuietly);
      Thread.sleep(300);
      assertThat(second).isNotDone();
      assertThat(first.isValid(1)).isTrue();
    }

    second.get(5, TimeUnit.SECONDS);

    assertThat(database.logins).hasValue(1);
  }

  private void useQuietly() {
    try {
      use(LOGIN);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void logsInWithTheOpenerOfTheCallThatNeedsIt() throws SQLException {
    FakeDatabase later = new FakeDatabase();
    use(LOGIN);
    database.last().die();

    pool.connection(LOGIN, later).close();

    assertThat(database.logins).hasValue(1);
    assertThat(later.logins).hasValue(1);
  }

  @Test
  void keepsTheErrorOfAConnectionThatDiesRightAfterTheLogin() {
    SuperuserPool.Opener dying =
        () -> {
          Connection connection = database.open();
          database.last().die();
          return connection;
        };

    assertThatThrownBy(() -> pool.connection(LOGIN, dying))
        .satisfies(
            failure -> assertThat(((SQLException) failure).getSQLState()).isEqualTo("08006"));

    assertThat(database.logins).hasValue(1);
    assertThat(database.last().closed).isTrue();
  }

  @Test
  @DisplayName("the pool's threads do not keep the JVM alive")
  void hasOnlyDaemonThreads() throws SQLException {
    try (Connection connection = pool.connection(LOGIN, database)) {
      assertThat(connection.isValid(1)).isTrue();
      assertThat(poolThreads()).isNotEmpty().allMatch(Thread::isDaemon);
    }
  }

  private void use(DatabaseSecret login) throws SQLException {
    try (Connection connection = pool.connection(login, database)) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  private static List<Thread> poolThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("superuser"))
        .toList();
  }
}
