package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Superuser;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.DatabaseSecret;
import io.github.keyturn.jdbc.SuperuserLogin;
import io.github.keyturn.jdbc.SuperuserPool;
import io.github.keyturn.jdbc.UserPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Two users take turns: {@code app} and {@code app_clone}. While one is AWSCURRENT, a superuser
 * sets the other one's password, so a client with the old value keeps working until the rotation
 * after the next step of its own.
 *
 * <p>The clone is a member of the original and acts as it from login on ({@code SET role}), so what
 * it creates belongs to the original. Its settings, limits and attributes are compared with the
 * original's in each rotation, and brought in line.
 */
public final class PostgresAlternatingUsersRotator implements Rotator, AutoCloseable {

  private static final Duration SUPERUSER_TIMEOUT = Duration.ofSeconds(20);

  private final PostgresLogins logins;
  private final SuperuserLogin superusers = new SuperuserLogin(PostgresLogins.ENGINE);
  private final SuperuserPool pool = new SuperuserPool();

  /** With the TLS settings of the function. */
  public PostgresAlternatingUsersRotator(RotationSettings settings) {
    this.logins = new PostgresLogins(settings);
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    DatabaseSecret login = DatabaseSecret.read(current, PostgresLogins.ENGINE);
    UserPair pair = UserPair.of(login.username(), PostgresLogins.ENGINE);
    return current
        .with("username", pair.other(login.username()))
        .with("password", rotation.newPassword());
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    DatabaseSecret next = DatabaseSecret.read(pending, PostgresLogins.ENGINE);
    DatabaseSecret owner = DatabaseSecret.read(authority, PostgresLogins.ENGINE);
    UserPair pair = UserPair.of(owner.username(), PostgresLogins.ENGINE);
    if (!pair.equals(UserPair.of(next.username(), PostgresLogins.ENGINE))) {
      throw new RotationException(
          MISCONFIGURED,
          "AWSPENDING is of user '%s', which does not take turns with '%s'; remove AWSPENDING with UpdateSecretVersionStage and rotate again"
              .formatted(next.username(), owner.username()));
    }
    return rotation.asSuperuser(
        authority, superuser -> setAsSuperuser(superuser, next, owner, pair, rotation));
  }

  private void setAsSuperuser(
      Superuser superuser,
      DatabaseSecret next,
      DatabaseSecret owner,
      UserPair pair,
      Rotation rotation)
      throws SQLException {
    DatabaseSecret login = superusers.resolve(superuser, owner);
    try (Connection connection =
        pool.connection(login, () -> logins.connect(login, SUPERUSER_TIMEOUT, rotation::log))) {
      new PostgresSession(connection).takeOver();
      connection.setAutoCommit(false);
      try {
        setInTransaction(connection, next, owner, pair);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      if (PostgresErrors.isRefusedPassword(e)) {
        throw new RotationException(
            PRIVILEGE,
            "PostgreSQL at %s refuses the login of the superuser secret ('%s'); correct that secret, or rotate it"
                .formatted(login.address(), login.username()),
            e);
      }
      throw PostgresErrors.explain(e, login);
    }
  }

  private static void setInTransaction(
      Connection connection, DatabaseSecret next, DatabaseSecret owner, UserPair pair)
      throws SQLException {
    PostgresSession session = new PostgresSession(connection);
    session.requireChangesAllowed();
    PostgresPair roles = PostgresPair.lock(connection, pair);
    roles.requireBelongTogether(owner.username());
    roles.requireAdministrable();
    session.requirePasswordUsable(pair.originalUser());
    if (pair.isClone(next.username())) {
      roles.bringCloneInLine();
    }
    session.changePassword(next.username(), next.password());
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    DatabaseSecret login = DatabaseSecret.read(candidate, PostgresLogins.ENGINE);
    UserPair pair = UserPair.of(login.username(), PostgresLogins.ENGINE);
    Optional<Connection> connection = logins.open(login, rotation.timeLeft(), rotation::log);
    if (connection.isEmpty()) {
      return Verdict.REJECTED;
    }
    try (Connection open = connection.get()) {
      List<String> lacking =
          pair.isClone(login.username())
              ? new PostgresPair(open, pair).lackingAsClone()
              : List.of();
      if (!lacking.isEmpty()) {
        rotation.log("'%s' lacks %s".formatted(login.username(), lacking));
        return Verdict.INCOMPLETE;
      }
      return Verdict.ACCEPTED;
    } catch (SQLException e) {
      throw PostgresErrors.explain(e, login);
    }
  }

  /** Ends the superuser's connection, which otherwise lives as long as the process. */
  @Override
  public void close() {
    pool.close();
  }
}
