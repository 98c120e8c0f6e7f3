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
import java.util.List;

/**
 * Two users take turns: {@code app} and {@code app_clone}. While one is AWSCURRENT, a superuser
 * sets the other one's password, so a client with a replaced value keeps working until the next
 * rotation begins.
 *
 * <p>The clone is a member of the original and acts as it from login on ({@code SET role}), so what
 * it creates belongs to the original. Its settings, limits and attributes are compared with the
 * original's in each rotation, and brought in line.
 */
public final class PostgresAlternatingUsersRotator implements Rotator, AutoCloseable {

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
    DatabaseSecret owner = next.loggedInAs(authority);
    UserPair pair = UserPair.of(owner.username(), PostgresLogins.ENGINE);
    if (!pair.equals(UserPair.of(next.username(), PostgresLogins.ENGINE))) {
      return rotation.refuse(
          "it is of user '%s', which does not take turns with AWSPENDING's '%s'"
              .formatted(owner.username(), next.username()));
    }
    if (owner.username().equals(next.username())
        && rotation.isCurrent(authority)
        && !authority.equals(pending)) {
      throw new RotationException(
          MISCONFIGURED,
          "AWSCURRENT and AWSPENDING are both of user '%s', so AWSCURRENT was moved since createSecret, and its clients would be locked out; remove AWSPENDING with UpdateSecretVersionStage and rotate again"
              .formatted(next.username()));
    }
    // the login is proven at the target itself, wherever an older version says that it is
    SecretDocument login =
        pending.with("username", owner.username()).with("password", owner.password());
    return rotation.asSuperuser(
        login, superuser -> setAsSuperuser(superuser, next, owner, rotation));
  }

  private Verdict setAsSuperuser(
      Superuser superuser, DatabaseSecret next, DatabaseSecret owner, Rotation rotation)
      throws InterruptedException {
    DatabaseSecret login = superusers.resolve(superuser, owner);
    try (Connection connection =
        pool.connection(login, () -> logins.connect(login, rotation.timeLeft(), rotation::log))) {
      PostgresLogins.limitAnswers(connection, rotation.timeLeft());
      PostgresSession.inTransaction(
          connection, rotation.timeLeft(), session -> set(session, next, owner.username()));
      return Verdict.ACCEPTED;
    } catch (PostgresPair.NoPairException e) {
      return rotation.refuse(String.valueOf(e.getMessage()));
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

  private static void set(PostgresSession session, DatabaseSecret next, String owner)
      throws SQLException, InterruptedException {
    session.requireChangesAllowed();
    PostgresPair roles =
        new PostgresPair(session.connection(), UserPair.of(owner, PostgresLogins.ENGINE));
    roles.lock();
    roles.requireConsent(owner);
    roles.requireAdministrable();
    session.requirePasswordUsable(roles.original());
    roles.bringInLine(next.username());
    session.changePassword(next.username(), next.password());
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    DatabaseSecret login = DatabaseSecret.read(candidate, PostgresLogins.ENGINE);
    UserPair pair = UserPair.of(login.username(), PostgresLogins.ENGINE);
    return logins.with(
        login,
        rotation,
        connection -> {
          List<String> lacking =
              pair.isClone(login.username())
                  ? new PostgresPair(connection, pair).lackingAsClone()
                  : List.of();
          if (lacking.isEmpty()) {
            return Verdict.ACCEPTED;
          }
          rotation.log("'%s' lacks %s".formatted(login.username(), lacking));
          return Verdict.INCOMPLETE;
        });
  }

  /** Ends the superuser's connection, which otherwise lives as long as the process. */
  @Override
  public void close() {
    pool.close();
  }
}
