package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.POLICY;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says in our words what the server or the driver said. Errors of the server are told apart by
 * their number, and only those are quoted that are known to repeat nothing but names: others, such
 * as 1064, repeat the statement.
 *
 * @see <a href="https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html">MySQL's
 *     errors</a>
 * @see <a href="https://mariadb.com/docs/server/reference/error-codes">MariaDB's errors</a>
 */
final class MysqlErrors {

  static final int NOT_PRIMARY = 3891;
  static final int CURRENT_PASSWORD_MISSING = 3892;
  static final int IN_HISTORY = 3638;
  static final int REFUSED_BY_RULE = 1819;
  static final int EMPTY_CAN_NOT_RETAIN = 3895;
  static final int OPTION_FORBIDS = 1290;
  static final int OPERATION_FAILED = 1396;
  static final int WRONG_HASH = 1372;
  static final int NO_SUCH_USER = 1133;
  static final int NOT_FOR_ALL = 1699;
  private static final int UNOFFERED_PLUGIN = 1251;

  private static final Set<Integer> REFUSED = Set.of(1045, 1698);
  private static final Set<Integer> EXPIRED = Set.of(1820, 1862);
  private static final Set<Integer> LACKS_RIGHT =
      Set.of(1044, 1142, 1143, 1227, 1370, 1410, 3619, 3630);
  private static final Set<Integer> GONE = Set.of(1049, 1054, 1146, 1147, 1305);
  private static final Set<Integer> LOCKED = Set.of(3118, 4151);
  private static final Set<Integer> BLOCKED = Set.of(3955, 3957, 4149, 4150);

  private MysqlErrors() {}

  /**
   * A wrong password, or no such account. 1698 is what ed25519 says to a wrong one, and what an
   * account says that has no password at all.
   */
  static boolean isRefused(SQLException failure) {
    return REFUSED.contains(failure.getErrorCode());
  }

  /**
   * The driver's own error, with a number of the server's: the server asks for a plugin that is not
   * offered. MySQL makes up one for a user who does not exist, so that nobody can tell.
   */
  static boolean isUnofferedPlugin(SQLException failure) {
    return failure.getErrorCode() == UNOFFERED_PLUGIN;
  }

  static boolean isExpired(SQLException failure) {
    return EXPIRED.contains(failure.getErrorCode());
  }

  static boolean lacksRight(SQLException failure) {
    return LACKS_RIGHT.contains(failure.getErrorCode());
  }

  /** A database, table, column, routine or grant that does not exist. */
  static boolean isGone(SQLException failure) {
    return GONE.contains(failure.getErrorCode());
  }

  /** The driver's own error when the server's greeting offers no TLS. */
  static boolean isTlsUnsupported(SQLException failure) {
    return says(failure, "ssl not enabled in the server");
  }

  private static boolean says(SQLException failure, String part) {
    // the driver's own errors have no number, and are not translated
    return failure.getErrorCode() <= 0 && String.valueOf(failure.getMessage()).contains(part);
  }

  /** What to throw for a failure that is no refused password. */
  static RotationException explain(SQLException failure, MysqlSecret secret) {
    String at = "%s at %s".formatted(secret.flavor(), secret.address());
    return ofServer(failure)
        .map(said -> ofServer(said, at, secret.username()))
        .orElseGet(() -> ofDriver(failure, at, secret.username()));
  }

  /** The driver wraps what the server says to its first commands. */
  private static Optional<SQLException> ofServer(SQLException failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException said && said.getErrorCode() > 0) {
        return Optional.of(said);
      }
    }
    return Optional.empty();
  }

  private static RotationException ofServer(SQLException failure, String at, String user) {
    int code = failure.getErrorCode();
    if (LACKS_RIGHT.contains(code)) {
      return exception(
          PRIVILEGE, "%s lets '%s' not do this (%s)".formatted(at, user, quote(failure)), failure);
    }
    if (LOCKED.contains(code)) {
      return exception(
          MISCONFIGURED,
          "%s has locked '%s'; ALTER USER … ACCOUNT UNLOCK, or do not rotate it"
              .formatted(at, user),
          failure);
    }
    if (BLOCKED.contains(code)) {
      return exception(
          MISCONFIGURED,
          "%s has blocked '%s' after failed logins, for right passwords too (%s); look for who still uses an old one, then ALTER USER … ACCOUNT UNLOCK or wait"
              .formatted(at, user, quote(failure)),
          failure);
    }
    return switch (code) {
      case 1820, 1862 ->
          exception(
              MISCONFIGURED,
              "the password of '%s' has expired, and %s lets it in for nothing but a new one; ALTER USER … PASSWORD EXPIRE NEVER and rotate again"
                  .formatted(user, at),
              failure);
      case 1040, 1203, 1226 ->
          exception(
              THROTTLED,
              "%s has no connection left for '%s': its own limit or the server's is reached; Secrets Manager will retry the rotation"
                  .formatted(at, user),
              failure);
      case 1129 ->
          exception(
              MISCONFIGURED,
              at
                  + " has blocked this function's address after failed connections; FLUSH HOSTS or"
                  + " raise max_connect_errors",
              failure);
      case 1130 ->
          exception(
              MISCONFIGURED,
              "%s lets nobody in from this function's address; create '%s' for a host that matches it"
                  .formatted(at, user),
              failure);
      case UNOFFERED_PLUGIN ->
          exception(MISCONFIGURED, unofferedPlugin(failure, at, user), failure);
      case 1193 ->
          exception(
              MISCONFIGURED,
              at
                  + " does not know a variable that this engine has, so it is another one or too old;"
                  + " correct the field 'engine' of the secret",
              failure);
      case 3159 ->
          exception(
              TLS,
              at + " wants TLS (require_secure_transport); remove ssl=false from the secret",
              failure);
      case OPTION_FORBIDS, 1792, 1836, 1874, 3100 ->
          exception(
              MISCONFIGURED,
              "%s runs with an option that forbids the change (%s); let 'host' name the primary, not a replica"
                  .formatted(at, quote(failure)),
              failure);
      case 1205, 1213, 1317, 1969, 3024, 3572 ->
          exception(
              CONFLICT,
              at
                  + " did not get to it in time, since another session holds what it needs; Secrets"
                  + " Manager will retry the rotation",
              failure);
      case REFUSED_BY_RULE, IN_HISTORY ->
          exception(
              POLICY,
              "%s refuses the new password (%s); the next rotation makes another one"
                  .formatted(at, quote(failure)),
              failure);
      case 1470 ->
          exception(
              MISCONFIGURED,
              "%s allows no name as long as that of '%s'".formatted(at, user),
              failure);
      case 1524 ->
          exception(
              MISCONFIGURED,
              "%s has not loaded a plugin that the account needs (%s)"
                  .formatted(at, quote(failure)),
              failure);
      default ->
          new RotationException(
              FAILED,
              "%s answered error %d (SQLSTATE %s); its text is not shown, since it may repeat the statement"
                  .formatted(at, code, failure.getSQLState()),
              withoutText(failure));
    };
  }

  private static RotationException ofDriver(SQLException failure, String at, String user) {
    if (isTlsUnsupported(failure)) {
      return exception(
          TLS,
          at
              + " does not support TLS; switch it on there, or say ssl=false in the secret, or set"
              + " ALLOW_PLAINTEXT for the time of a migration",
          failure);
    }
    if (says(failure, "RSA public key")) {
      return exception(
          TLS,
          "'%s' logs in with caching_sha2_password, which needs TLS or the server's public key, and without TLS that key could be anybody's; use TLS at %s (remove ssl=false), or set %s=true if the network is trusted"
              .formatted(user, at, MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL),
          failure);
    }
    if (isTlsFailure(failure)) {
      return exception(
          TLS,
          "TLS with %s failed (%s); set TLS_CA_BUNDLE to a PEM file of the authority that signed its certificate, and let 'host' be a name that the certificate holds"
              .formatted(at, deepest(failure)),
          failure);
    }
    if (String.valueOf(failure.getSQLState()).startsWith("08") || isInputOutput(failure)) {
      return exception(
          NETWORK,
          "%s can't be reached or is not ready (%s); check host and port, security groups, and that the function is in the database's VPC"
              .formatted(at, deepest(failure)),
          failure);
    }
    return exception(MISCONFIGURED, unofferedPlugin(failure, at, user), failure);
  }

  private static String unofferedPlugin(SQLException failure, String at, String user) {
    return "%s has no user '%s', or wants it to log in in a way that is not offered here (%s); caching_sha2_password, mysql_native_password, ed25519 and parsec are"
        .formatted(at, user, quote(failure));
  }

  /** Why the server may refuse a right password. */
  static Optional<String> unlikelyReason(SQLException failure, MysqlSecret secret) {
    String at = "%s at %s".formatted(secret.flavor(), secret.address());
    if (isUnofferedPlugin(failure)) {
      return Optional.of(unofferedPlugin(failure, at, secret.username()));
    }
    return secret.username().chars().allMatch(character -> character < 128)
        ? Optional.empty()
        : Optional.of(
            "%s refuses '%s', whose name has not only characters of ASCII; let character_set_server be utf8mb4 there, since the driver writes names in UTF-8 and says that they are in the server's own"
                .formatted(at, secret.username()));
  }

  private static boolean isTlsFailure(SQLException failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isInputOutput(SQLException failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static String deepest(SQLException failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    if (deepest instanceof UnknownHostException) {
      return "unknown host " + deepest.getMessage();
    }
    return deepest instanceof IOException || deepest instanceof GeneralSecurityException
        ? deepest.getClass().getSimpleName() + ": " + deepest.getMessage()
        : quote(failure);
  }

  /** Without the driver's number of the connection, which changes with every try. */
  static String quote(SQLException failure) {
    return String.valueOf(failure.getMessage()).replaceFirst("^\\(conn=-?\\d+\\) ", "");
  }

  private static SQLException withoutText(SQLException failure) {
    SQLException copy =
        new SQLException(
            "error " + failure.getErrorCode(), failure.getSQLState(), failure.getErrorCode());
    copy.setStackTrace(failure.getStackTrace());
    return copy;
  }

  private static RotationException exception(
      RotationException.Reason reason, String message, SQLException cause) {
    return new RotationException(reason, message, cause);
  }
}
