package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.CONFLICT;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.sql.SQLException;

/**
 * One user changes its own password, for which it needs no right. From setSecret to finishSecret
 * new logins with AWSCURRENT are refused; sessions that are open stay open.
 */
public final class MysqlSingleUserRotator implements Rotator {

  private static final String CHANGE = "ALTER USER CURRENT_USER() IDENTIFIED BY ?";

  private final MysqlLogins logins;

  /** With the settings of the function. */
  public MysqlSingleUserRotator(RotationSettings settings) {
    this.logins = new MysqlLogins(settings);
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    MysqlSecret secret = MysqlSecret.read(current);
    return current.with("password", secret.usable(rotation.newPassword()));
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    MysqlSecret next = MysqlSecret.read(pending);
    MysqlSecret owner = next.loggedInAs(authority);
    if (!owner.username().equals(next.username())) {
      return rotation.refuse(
          "it is of user '%s' and AWSPENDING of '%s', but a single user keeps its name"
              .formatted(owner.username(), next.username()));
    }
    return logins.with(
        owner,
        MysqlLogins.Expired.MAY_CHANGE,
        rotation,
        session ->
            session.alone(
                rotation, owner.username(), () -> change(session, next, owner, rotation)));
  }

  private Verdict change(
      MysqlSession session, MysqlSecret next, MysqlSecret owner, Rotation rotation)
      throws SQLException, InterruptedException {
    if (owner.password().equals(next.password())) {
      // it has just logged in
      return Verdict.ACCEPTED;
    }
    return switch (session.flavor()) {
      case MYSQL -> changeOnMysql(session, next, owner, rotation);
      case MARIADB -> changeOnMariaDb(session, next, owner);
    };
  }

  /** The server compares the old password in the same statement, so that nobody is overruled. */
  private Verdict changeOnMysql(
      MysqlSession session, MysqlSecret next, MysqlSecret owner, Rotation rotation)
      throws SQLException, InterruptedException {
    try {
      session.execute(CHANGE + " REPLACE ?", next.password().reveal(), owner.password().reveal());
    } catch (SQLException e) {
      if (e.getErrorCode() != MysqlErrors.NOT_PRIMARY) {
        throw PasswordRules.explained(session, e, next.password());
      }
      changeBesideSecondary(session, next, owner, rotation);
    }
    return Verdict.ACCEPTED;
  }

  /** What has logged in is the secondary password, unless it was changed since. */
  private void changeBesideSecondary(
      MysqlSession session, MysqlSecret next, MysqlSecret owner, Rotation rotation)
      throws SQLException, InterruptedException {
    if (!logins.accepts(owner, rotation)) {
      throw new RotationException(
          CONFLICT,
          "the password of '%s' was changed at this moment by somebody else; Secrets Manager will retry the rotation"
              .formatted(owner.username()));
    }
    try {
      session.execute(CHANGE, next.password().reveal());
    } catch (SQLException e) {
      throw PasswordRules.explained(session, e, next.password());
    }
  }

  private static Verdict changeOnMariaDb(MysqlSession session, MysqlSecret next, MysqlSecret owner)
      throws SQLException {
    MariaDbOwnPassword own = new MariaDbOwnPassword(session);
    own.replace(owner.password(), next.password());
    return Verdict.ACCEPTED;
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return logins.with(
        MysqlSecret.read(candidate),
        MysqlLogins.Expired.STAYS_OUT,
        rotation,
        session -> Verdict.ACCEPTED);
  }
}
