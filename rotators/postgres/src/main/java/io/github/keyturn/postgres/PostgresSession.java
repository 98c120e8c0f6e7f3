package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.POLICY;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.postgresql.PGConnection;

/** A transaction that changes roles: all of it happens, or nothing. */
final class PostgresSession {

  private static final int TRIES = 4;
  private static final long PAUSE_MILLIS = 50;
  private static final Duration LONGEST_LOCK_WAIT = Duration.ofSeconds(3);
  private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(10);

  private static final String MAY_CHANGE =
      """
      SELECT coalesce(pg_catalog.current_setting('rds.restrict_password_commands', true), 'off') = 'on'
               AND NOT r.rolsuper
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles g
                               WHERE g.rolname = 'rds_password'
                                 AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER'))
      FROM pg_catalog.pg_roles r
      WHERE r.rolname = session_user
      """;

  private static final String CAN_USE_A_PASSWORD =
      """
      SELECT NOT r.rolsuper
               AND EXISTS (SELECT FROM pg_catalog.pg_roles g
                           WHERE g.rolname = 'rds_iam'
                             AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER')),
             r.rolvaliduntil <= pg_catalog.now()
      FROM pg_catalog.pg_roles r
      WHERE r.rolname = ?
      """;

  private final Connection connection;

  private PostgresSession(Connection connection) {
    this.connection = connection;
  }

  /** What to do in the transaction; it may run again from the start. */
  @FunctionalInterface
  interface Change {
    void run(PostgresSession session) throws SQLException, InterruptedException;
  }

  /**
   * Runs a change in a transaction, again when another session changes the same role at this
   * moment.
   *
   * @param timeLeft the time until the server must have answered
   */
  static void inTransaction(Connection connection, Duration timeLeft, Change change)
      throws SQLException, InterruptedException {
    Instant end = Instant.now().plus(timeLeft);
    connection.setAutoCommit(false);
    for (int attempt = 1; ; attempt++) {
      try {
        PostgresSession session = new PostgresSession(connection);
        session.begin(Duration.between(Instant.now(), end));
        change.run(session);
        connection.commit();
        return;
      } catch (SQLException e) {
        rollBack(connection, e);
        if (!PostgresErrors.isConcurrentUpdate(e)) {
          throw e;
        }
        if (attempt == TRIES || Instant.now().isAfter(end)) {
          throw new RotationException(
              CONFLICT,
              "another session keeps changing the same role; Secrets Manager will retry the rotation",
              e);
        }
        Thread.sleep(PAUSE_MILLIS * attempt);
      } catch (RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  private static void rollBack(Connection connection, Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // the connection is gone, and the transaction with it; why is in the reason
      reason.addSuppressed(e);
    }
  }

  /**
   * Acts as the user that logged in, whatever its settings; looks nothing up in schemas that others
   * can write to; and waits for nobody longer than the function lives. Only for this transaction: a
   * pooler may hand the connection on.
   */
  private void begin(Duration timeLeft) throws SQLException {
    Duration half = timeLeft.dividedBy(2);
    long statement = Math.max(1, Math.min(half.toMillis(), LONGEST_STATEMENT.toMillis()));
    long lock = Math.min(statement, LONGEST_LOCK_WAIT.toMillis());
    try {
      execute(
          "SET TRANSACTION READ WRITE; SET LOCAL ROLE NONE; SET LOCAL search_path TO pg_catalog;"
              + " SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = %d"
                  .formatted(statement, lock));
    } catch (SQLException e) {
      if (PostgresErrors.isReadOnlyServer(e)) {
        throw new RotationException(
            MISCONFIGURED,
            "the server is a read replica, or still recovering; let 'host' name the primary",
            e);
      }
      throw e;
    }
  }

  /** Names what would make a change of a password fail. */
  void requireChangesAllowed() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MAY_CHANGE)) {
      row.next();
      if (row.getBoolean(1)) {
        throw new RotationException(
            PRIVILEGE,
            "rds.restrict_password_commands is on, and the user that changes the password is no member of rds_password; GRANT rds_password to it");
      }
    }
  }

  /** Names what would make any password of this user useless. */
  void requirePasswordUsable(String username) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CAN_USE_A_PASSWORD)) {
      statement.setString(1, username);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          requireUsable(username, row.getBoolean(1), row.getBoolean(2));
        }
      }
    }
  }

  private static void requireUsable(String username, boolean byIam, boolean expired) {
    if (byIam) {
      throw new RotationException(
          MISCONFIGURED,
          "'%s' is a member of rds_iam, so the server takes IAM tokens and no passwords; REVOKE rds_iam from it, or do not rotate it"
              .formatted(username));
    }
    if (expired) {
      throw new RotationException(
          MISCONFIGURED,
          "the passwords of '%s' are not valid any more (VALID UNTIL is over), and a new one would not be either; ALTER ROLE … VALID UNTIL a later time or 'infinity'"
              .formatted(username));
    }
  }

  /**
   * Sends a SCRAM verifier that the driver computes, so the password reaches neither the wire nor
   * the server's log. Safe to repeat.
   */
  void changePassword(String username, Secret password) throws SQLException {
    try {
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(username, password.reveal().toCharArray(), "scram-sha-256");
    } catch (SQLException e) {
      if (PostgresErrors.isRefusedByRule(e)) {
        throw new RotationException(
            POLICY,
            "the server refuses the new password by a rule of its own (%s); the next rotation makes another one"
                .formatted(e.getMessage()),
            e);
      }
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
