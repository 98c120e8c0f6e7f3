package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.DatabaseSecret;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

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
    DatabaseSecret login = DatabaseSecret.read(authority, PostgresLogins.ENGINE);
    if (!next.username().equals(login.username())) {
      throw new RotationException(
          MISCONFIGURED,
          "AWSPENDING is of user '%s' and the version that logs in is of '%s'; a single user keeps its name: remove AWSPENDING with UpdateSecretVersionStage and rotate again"
              .formatted(next.username(), login.username()));
    }
    Optional<Connection> connection = logins.open(login, rotation.timeLeft(), rotation::log);
    if (connection.isEmpty()) {
      return Verdict.REJECTED;
    }
    try (Connection open = connection.get()) {
      changeOwnPassword(new PostgresSession(open), next);
    } catch (SQLException e) {
      throw PostgresErrors.explain(e, login);
    }
    return Verdict.ACCEPTED;
  }

  private static void changeOwnPassword(PostgresSession session, DatabaseSecret next)
      throws SQLException, InterruptedException {
    session.takeOver();
    session.requireChangesAllowed();
    session.requirePasswordUsable(next.username());
    session.changePasswordOutsideTransaction(next.username(), next.password());
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    DatabaseSecret login = DatabaseSecret.read(candidate, PostgresLogins.ENGINE);
    Optional<Connection> connection = logins.open(login, rotation.timeLeft(), rotation::log);
    if (connection.isEmpty()) {
      return Verdict.REJECTED;
    }
    connection.get().close();
    return Verdict.ACCEPTED;
  }
}
