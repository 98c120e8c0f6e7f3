package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.SQLException;
import java.util.List;

/**
 * MariaDB's password of the user itself, changed by SET PASSWORD, which needs no right and takes a
 * hash. It changes the first password that the account has, whichever has logged in.
 */
final class MariaDbOwnPassword {

  private static final String SET = "SET PASSWORD = ?";

  private final MysqlSession session;

  MariaDbOwnPassword(MysqlSession session) {
    this.session = session;
  }

  void replace(Secret old, Secret next) throws SQLException {
    PasswordPlugin plugin;
    try {
      MariaDbStoredPasswords stored = MariaDbStoredPasswords.read(session, session.account());
      plugin = stored.pluginOf(old);
      requireFirst(stored, old);
      PasswordRules.require(session, next);
    } catch (SQLException e) {
      if (MysqlErrors.isExpired(e)) {
        replaceExpired(next);
        return;
      }
      throw e;
    }
    set(plugin, next);
  }

  private static void requireFirst(MariaDbStoredPasswords stored, Secret old) {
    if (!stored.isFirstPassword(old)) {
      throw new RotationException(
          MISCONFIGURED,
          "the password of this secret is not the first one of %s, and a user can change no other; use the dual-password strategy with a superuser secret"
              .formatted(stored));
    }
  }

  private void set(PasswordPlugin plugin, Secret next) throws SQLException {
    try {
      session.execute(SET, plugin.hash(next));
    } catch (SQLException e) {
      if (e.getErrorCode() != MysqlErrors.NOT_FOR_ALL
          || !MariaDbStoredPasswords.read(session, session.account()).accepts(next)) {
        throw PasswordRules.explained(session, e, next);
      }
      // it has passed over an alternative without a password, and told that as an error
    }
  }

  /** Then nothing can be asked; but a hash of the wrong kind is refused, so there is no harm. */
  private void replaceExpired(Secret next) throws SQLException {
    for (PasswordPlugin plugin : List.of(PasswordPlugin.ED25519, PasswordPlugin.NATIVE)) {
      try {
        session.execute(SET, plugin.hash(next));
        return;
      } catch (SQLException e) {
        if (plugin == PasswordPlugin.NATIVE || e.getErrorCode() != MysqlErrors.WRONG_HASH) {
          throw e;
        }
      }
    }
  }
}
