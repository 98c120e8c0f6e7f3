package io.github.keyturn.postgres;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.DatabaseSecret;
import java.sql.SQLException;

/**
 * One user changes its own password. PostgreSQL holds one password per user, so from setSecret to
 * finishSecret new logins with AWSCURRENT are refused; sessions that are open stay open.
 */
public final class PostgresSingleUserRotator implements Rotator {

  private final PostgresLogins logins;

  /** With the TLS settings of the function. */
  public PostgresSingleUserRotator(RotationSettings settings) {
    this.logins = new PostgresLogins(settings);
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    DatabaseSecret.read(current, PostgresLogins.ENGINE);
    return current.with("password", rotation.newPassword());
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    DatabaseSecret next = DatabaseSecret.read(pending, PostgresLogins.ENGINE);
    DatabaseSecret login = next.loggedInAs(authority);
    if (!login.username().equals(next.username())) {
      return rotation.refuse(
          "it is of user '%s' and AWSPENDING of '%s', but a single user keeps its name"
              .formatted(login.username(), next.username()));
    }
    return logins.with(
        login,
        rotation,
        connection -> {
          PostgresSession.inTransaction(
              connection, rotation.timeLeft(), session -> changePassword(session, next));
          return Verdict.ACCEPTED;
        });
  }

  private static void changePassword(PostgresSession session, DatabaseSecret next)
      throws SQLException {
    session.requireChangesAllowed();
    session.requirePasswordUsable(next.username());
    session.changePassword(next.username(), next.password());
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    DatabaseSecret login = DatabaseSecret.read(candidate, PostgresLogins.ENGINE);
    return logins.with(login, rotation, connection -> Verdict.ACCEPTED);
  }
}
