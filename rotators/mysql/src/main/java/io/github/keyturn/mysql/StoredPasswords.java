package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.SQLException;
import java.util.List;

/**
 * What the server has stored of an account's passwords, read by somebody who may, and the changes
 * that would make it what it should be. Nothing is tried, and so nothing fails.
 */
sealed interface StoredPasswords permits MysqlStoredPasswords, MariaDbStoredPasswords {

  static StoredPasswords of(MysqlSession session, MysqlAccount account) throws SQLException {
    return switch (session.flavor()) {
      case MYSQL -> MysqlStoredPasswords.read(session, account);
      case MARIADB -> MariaDbStoredPasswords.read(session, account);
    };
  }

  /** Whether the account accepts it. */
  boolean accepts(Secret password);

  /**
   * The first of some passwords of the secret that the account accepts.
   *
   * @throws RotationException MISCONFIGURED when it accepts none, so that it is not this secret's
   */
  default Secret requireOneOf(List<Secret> passwords) {
    return passwords.stream()
        .filter(this::accepts)
        .findFirst()
        .orElseThrow(
            () ->
                new RotationException(
                    MISCONFIGURED,
                    "%s accepts no password of this secret as one that can be kept; give it that of AWSCURRENT, or unset %s if it is another user's account"
                        .formatted(this, MysqlSettings.ALL_HOSTS)));
  }

  /** Makes the account accept the new one beside the one that it accepts now, and no third one. */
  List<Change> bring(Secret next, Secret kept);

  /** Makes the account accept the new one; what else it accepts is of no importance. */
  List<Change> replace(Secret next);

  /** Makes the account refuse the old one, and go on accepting the current one. */
  List<Change> retire(Secret old, Secret current);
}
