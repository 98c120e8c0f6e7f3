package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.CONFLICT;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.Verdict;
import java.sql.SQLException;

/**
 * MySQL's primary and secondary password, changed by the user itself, who can't see them.
 *
 * <p>What the server does, P being the primary password and S the secondary one:
 *
 * <ul>
 *   <li>{@code BY x RETAIN CURRENT PASSWORD} makes S what P was, and so ends what S was;
 *   <li>{@code BY x} leaves S alone;
 *   <li>{@code REPLACE p} before that makes the change only if p is P: a comparison and a change in
 *       one, which is no login and counts towards no limit of failed logins;
 *   <li>{@code DISCARD OLD PASSWORD} ends S, whatever it is.
 * </ul>
 *
 * @see <a
 *     href="https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords">Dual
 *     password support</a>
 */
final class OwnDualPassword {

  private static final String CHANGE = "ALTER USER CURRENT_USER() IDENTIFIED BY ?";
  private static final String REPLACE = CHANGE + " REPLACE ?";
  private static final String RETAIN = " RETAIN CURRENT PASSWORD";

  private final MysqlSession session;
  private final MysqlLogins logins;
  private final Rotation rotation;

  OwnDualPassword(MysqlSession session, MysqlLogins logins, Rotation rotation) {
    this.session = session;
    this.logins = logins;
    this.rotation = rotation;
  }

  /**
   * Makes the new password the primary one, and keeps AWSCURRENT's if that is valid.
   *
   * @param owner who has logged in here, so that its password is one of the two
   */
  Verdict bring(MysqlSecret next, MysqlSecret owner) throws SQLException, InterruptedException {
    if (owner.password().equals(next.password())) {
      // it has just logged in
      return Verdict.ACCEPTED;
    }
    try {
      return rotation.current().secret("password").equals(owner.password()) || !currentIsValid(next)
          ? keeping(owner, next)
          : besideCurrent(owner, next);
    } catch (SQLException e) {
      throw PasswordRules.explained(session, e, next.password());
    }
  }

  /** Asked in a recovery only: a failed login in an undisturbed rotation would be one too many. */
  private boolean currentIsValid(MysqlSecret next) throws InterruptedException {
    return logins.accepts(next.loggedInAs(rotation.current()), rotation);
  }

  private Verdict keeping(MysqlSecret owner, MysqlSecret next)
      throws SQLException, InterruptedException {
    if (replace(next, owner.password(), RETAIN) != Answer.NOT_PRIMARY) {
      return Verdict.ACCEPTED;
    }
    // an abandoned rotation has left it as the secondary one, and RETAIN would end it
    try {
      session.execute(CHANGE, next.password().reveal());
      return Verdict.ACCEPTED;
    } catch (SQLException e) {
      if (e.getErrorCode() != MysqlErrors.CURRENT_PASSWORD_MISSING) {
        throw e;
      }
    }
    return replace(next, next.password(), "") != Answer.NOT_PRIMARY
        ? Verdict.ACCEPTED
        : rotation.refuse(
            "it is the secondary password of '%s', an account with PASSWORD REQUIRE CURRENT, so the primary one is needed to change that"
                .formatted(owner.username()));
  }

  /** The owner's password is the primary one of an abandoned rotation, and AWSCURRENT's is S. */
  private Verdict besideCurrent(MysqlSecret owner, MysqlSecret next)
      throws SQLException, InterruptedException {
    return replace(next, owner.password(), "") != Answer.NOT_PRIMARY
        ? Verdict.ACCEPTED
        : rotation.refuse(
            "it is the secondary password of '%s', and AWSCURRENT's the primary one"
                .formatted(owner.username()));
  }

  /** What became of a change that was asked for with REPLACE. */
  private enum Answer {
    CHANGED,
    /** The expected password is not the primary one, and nothing was changed. */
    NOT_PRIMARY,
    /** An earlier delivery was here. */
    VALID_ALREADY
  }

  private Answer replace(MysqlSecret next, Secret expected, String retain)
      throws SQLException, InterruptedException {
    try {
      return changes(next.password(), expected, retain) ? Answer.CHANGED : Answer.NOT_PRIMARY;
    } catch (SQLException e) {
      // the server looks at the history first, so it can't say more of a password that it knows
      if (e.getErrorCode() == MysqlErrors.IN_HISTORY && logins.accepts(next, rotation)) {
        return Answer.VALID_ALREADY;
      }
      throw e;
    }
  }

  /** Whether {@code expected} was the primary password, and so has been replaced. */
  private boolean changes(Secret next, Secret expected, String retain) throws SQLException {
    try {
      session.execute(REPLACE + retain, next.reveal(), expected.reveal());
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() == MysqlErrors.NOT_PRIMARY) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Ends the old password, if it is proven to be the secondary one, or can be made that.
   *
   * @param current who has logged in here
   */
  void retire(MysqlSecret old, MysqlSecret current) throws SQLException, InterruptedException {
    try {
      if (isOnlyPassword(old.password(), current.password())
          || isPrimaryForSure(current.password())) {
        session.execute("ALTER USER CURRENT_USER() DISCARD OLD PASSWORD");
      } else {
        rotation.log(
            "rules about passwords do not let the old one of '%s' be ended now; the next change of its password ends it"
                .formatted(old.username()));
      }
    } catch (SQLException e) {
      throw PasswordRules.explained(session, e, current.password());
    }
  }

  /**
   * Makes the current password both P and S, so that nothing else is valid and there is nothing
   * that DISCARD could hit by mistake.
   *
   * @return false when the server's rules about passwords don't allow that
   */
  private boolean isOnlyPassword(Secret old, Secret current) throws SQLException {
    try {
      if (changes(current, current, RETAIN) || changes(current, old, RETAIN)) {
        return true;
      }
    } catch (SQLException e) {
      if (e.getErrorCode() == MysqlErrors.IN_HISTORY
          || e.getErrorCode() == MysqlErrors.REFUSED_BY_RULE) {
        return false;
      }
      throw e;
    }
    throw new RotationException(
        CONFLICT,
        "somebody else is changing the passwords of the same user; Secrets Manager will retry the rotation");
  }

  /**
   * Asks by a change that MySQL always refuses, since an empty password may not stand beside
   * another one; it compares the primary one before it says so.
   */
  private boolean isPrimaryForSure(Secret current) throws SQLException {
    try {
      session.execute(REPLACE + RETAIN, "", current.reveal());
    } catch (SQLException e) {
      return e.getErrorCode() == MysqlErrors.EMPTY_CAN_NOT_RETAIN;
    }
    throw new IllegalStateException("the server took an empty password beside another one");
  }
}
