package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/** What we do in a session that may change roles. */
final class PostgresSession {

  private static final int TRIES = 4;
  private static final long PAUSE_MILLIS = 50;

  private static final String MAY_CHANGE =
      """
      SELECT pg_catalog.pg_is_in_recovery(),
             coalesce(pg_catalog.current_setting('rds.restrict_password_commands', true), 'off') = 'on'
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

  PostgresSession(Connection connection) {
    this.connection = connection;
  }

  /**
   * Acts as the user that logged in, whatever its settings, and looks up nothing in schemas that
   * others can write to.
   */
  void takeOver() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET ROLE NONE;"
              + " SET search_path TO pg_catalog;"
              + " SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE");
    }
  }

  /** Names what would make a change here fail, or be lost. */
  void requireChangesAllowed() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MAY_CHANGE)) {
      row.next();
      if (row.getBoolean(1)) {
        throw new RotationException(
            MISCONFIGURED,
            "the server is a read replica, or still recovering; let 'host' name the primary");
      }
      if (row.getBoolean(2)) {
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
    connection
        .unwrap(PGConnection.class)
        .alterUserPassword(username, password.reveal().toCharArray(), "scram-sha-256");
  }

  /** The same, again when another session changes the role at this moment. */
  void changePasswordOutsideTransaction(String username, Secret password)
      throws SQLException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        changePassword(username, password);
        return;
      } catch (SQLException e) {
        if (attempt == TRIES || !PostgresErrors.isConcurrentUpdate(e)) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS * attempt);
      }
    }
  }
}
