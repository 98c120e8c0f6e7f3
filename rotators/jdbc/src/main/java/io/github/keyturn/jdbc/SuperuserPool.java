package io.github.keyturn.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Holds one connection of the superuser across warm invocations.
 *
 * <p>It is opened at the first use, never at start-up, so that no socket is part of a SnapStart
 * snapshot; another login (the superuser's secret has changed) or a lost connection replaces it.
 *
 * <p>The pool watches over the connection, but does not log in: it would try a refused login again
 * and again, in the background too, until the server locks the superuser.
 */
public final class SuperuserPool implements AutoCloseable {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private @Nullable Held held;

  /** Opens a new connection to the database. */
  @FunctionalInterface
  public interface Opener {
    /** Logs in, or throws what the driver throws. */
    Connection open() throws SQLException;
  }

  /**
   * A connection with this login; closing it gives it back.
   *
   * @param opener called at most once, and only before this method returns
   * @throws SQLException as the driver threw it
   */
  public synchronized Connection connection(DatabaseSecret wanted, Opener opener)
      throws SQLException {
    if (held != null && !held.serves(wanted)) {
      close();
    }
    if (held == null) {
      held = Held.of(wanted, opener.open());
    }
    return held.pool().getConnection();
  }

  /** Ends the connection; the next use opens another one. */
  @Override
  public synchronized void close() {
    if (held != null) {
      held.pool().close();
      held = null;
    }
  }

  private record Held(DatabaseSecret login, Connection connection, HikariDataSource pool) {

    private static final int LONGEST_PROBE_SECONDS = 2;

    static Held of(DatabaseSecret login, Connection connection) throws SQLException {
      HikariConfig config = new HikariConfig();
      config.setPoolName("superuser");
      config.setMaximumPoolSize(1);
      config.setMinimumIdle(1);
      config.setConnectionTimeout(LONGEST_WAIT.toMillis());
      // a frozen function can't keep anything alive
      config.setKeepaliveTime(0);
      config.setDataSource(new SingleConnection(connection));
      HikariDataSource pool = start(config);
      // what it has lost the pool must not ask for again
      pool.setMinimumIdle(0);
      return new Held(login, connection, pool);
    }

    /** The pool's own exception says only that there is no connection; its cause says why. */
    private static HikariDataSource start(HikariConfig config) throws SQLException {
      try {
        return new HikariDataSource(config);
      } catch (PoolInitializationException e) {
        throw e.getCause() instanceof SQLException driver ? driver : new SQLException(e);
      }
    }

    /**
     * Whether the pool can lend a connection with this login. It is asked here, since a pool that
     * finds out by itself waits for another connection until its time is over.
     */
    boolean serves(DatabaseSecret wanted) throws SQLException {
      HikariPoolMXBean state = pool.getHikariPoolMXBean();
      return wanted.equals(login)
          && (state.getActiveConnections() > 0
              || (state.getIdleConnections() > 0 && connection.isValid(LONGEST_PROBE_SECONDS)));
    }
  }

  /** Gives the pool the connection that it was made for, and no other one. */
  private static final class SingleConnection implements DataSource {

    private final AtomicReference<@Nullable Connection> connection;

    SingleConnection(Connection connection) {
      this.connection = new AtomicReference<>(connection);
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection first = connection.getAndSet(null);
      if (first == null) {
        throw new SQLException("the superuser's connection is lost; the next use opens a new one");
      }
      return first;
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      throw new SQLFeatureNotSupportedException("the login is fixed");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLFeatureNotSupportedException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
