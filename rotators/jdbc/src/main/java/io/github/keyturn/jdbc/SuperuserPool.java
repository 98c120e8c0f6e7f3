package io.github.keyturn.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Holds one connection of the superuser across warm invocations.
 *
 * <p>The pool is made at the first use, never at start-up, so that no socket is part of a SnapStart
 * snapshot; another login (the superuser's secret has changed) or a failed one replaces it.
 */
public final class SuperuserPool implements AutoCloseable {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final int VALIDATION_SECONDS = 5;

  private @Nullable DatabaseSecret login;
  private @Nullable HikariDataSource pool;

  /** Opens a new connection to the database. */
  @FunctionalInterface
  public interface Opener {
    /** Logs in, or throws what the driver throws. */
    Connection open() throws SQLException;
  }

  /**
   * A connection with this login; closing it gives it back.
   *
   * @throws SQLException as the driver threw it
   */
  public synchronized Connection connection(DatabaseSecret wanted, Opener opener)
      throws SQLException {
    if (pool != null && !wanted.equals(login)) {
      evict();
    }
    try {
      if (pool != null) {
        return alive(pool);
      }
      pool = open(opener);
      login = wanted;
      return pool.getConnection();
    } catch (PoolInitializationException e) {
      evict();
      throw cause(e);
    } catch (SQLException e) {
      evict();
      throw cause(e);
    }
  }

  /** The pool trusts a connection that it lent a moment ago; the server may have gone since. */
  private static Connection alive(HikariDataSource pool) throws SQLException {
    Connection connection = pool.getConnection();
    if (connection.isValid(VALIDATION_SECONDS)) {
      return connection;
    }
    pool.evictConnection(connection);
    return pool.getConnection();
  }

  private static HikariDataSource open(Opener opener) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("superuser");
    config.setMaximumPoolSize(1);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(LONGEST_WAIT.toMillis());
    // one try: each further one could be another failed login of a superuser
    config.setInitializationFailTimeout(1);
    config.setDataSource(new OpenerDataSource(opener));
    return new HikariDataSource(config);
  }

  /** Ends the connection; the next use opens another one. */
  @Override
  public synchronized void close() {
    evict();
  }

  private void evict() {
    if (pool != null) {
      pool.close();
    }
    pool = null;
    login = null;
  }

  /** The pool's own exceptions say only that there is no connection; the driver's say why. */
  private static SQLException cause(Exception failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException driver) {
        return driver;
      }
    }
    return failure instanceof SQLException own ? own : new SQLException(failure);
  }

  /**
   * Opens connections without DriverManager, which would look for all drivers on the class path.
   */
  private record OpenerDataSource(Opener opener) implements DataSource {

    @Override
    public Connection getConnection() throws SQLException {
      return opener.open();
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
