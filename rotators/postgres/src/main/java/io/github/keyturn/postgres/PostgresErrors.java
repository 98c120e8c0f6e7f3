package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException;
import io.github.keyturn.jdbc.DatabaseSecret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.GT;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Says in our words what the server or the driver said. Errors are told apart by SQLSTATE and by
 * the server's routine, never by their text, which the server translates.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error
 *     codes</a>
 */
final class PostgresErrors {

  private PostgresErrors() {}

  static boolean isRefusedPassword(SQLException failure) {
    return "28P01".equals(failure.getSQLState());
  }

  /** No such user, or one that may not log in. */
  static boolean isRefusedUser(SQLException failure) {
    return "28000".equals(failure.getSQLState())
        && "InitializeSessionUserId".equals(routine(failure));
  }

  /**
   * The driver's own error when the server answers that it speaks no TLS. Its SQLSTATE stands for
   * other refusals too, so the text decides, as the driver itself translates it.
   */
  static boolean isTlsUnsupported(SQLException failure) {
    return "08004".equals(failure.getSQLState())
        && GT.tr("The server does not support SSL.").equals(failure.getMessage());
  }

  /** The catalog's ways to say that two sessions changed, or made, the same role. */
  static boolean isConcurrentUpdate(SQLException failure) {
    return Set.of("XX000", "40001", "40P01", "23505", "42710")
        .contains(String.valueOf(failure.getSQLState()));
  }

  /** A read replica, or a server that is still recovering, when asked to write. */
  static boolean isReadOnlyServer(SQLException failure) {
    return "0A000".equals(failure.getSQLState()) || "25006".equals(failure.getSQLState());
  }

  /** What password rules such as those of passwordcheck answer. */
  static boolean isRefusedByRule(SQLException failure) {
    return "22023".equals(failure.getSQLState());
  }

  /** What to throw for a failure that is no refused password. */
  static RotationException explain(SQLException failure, DatabaseSecret secret) {
    String state = String.valueOf(failure.getSQLState());
    String at = "PostgreSQL at " + secret.address();
    if (isTlsUnsupported(failure)) {
      return exception(
          TLS,
          at
              + " does not support TLS; switch it on there, or say ssl=false in the secret, or set"
              + " ALLOW_PLAINTEXT for the time of a migration",
          failure);
    }
    if (isTlsFailure(failure)) {
      return exception(
          TLS,
          "TLS with %s failed (%s); set TLS_CA_BUNDLE to a PEM file of the authority that signed its certificate, and let 'host' be a name that the certificate holds"
              .formatted(at, deepest(failure)),
          failure);
    }
    return switch (state) {
      case "28000" -> notAuthorized(failure, at, secret);
      case "3D000" ->
          exception(
              MISCONFIGURED,
              "%s has no database '%s'; correct 'dbname' in the secret"
                  .formatted(at, secret.database()),
              failure);
      case "42501" ->
          exception(
              PRIVILEGE,
              "%s lets '%s' not do this (%s)"
                  .formatted(at, secret.username(), failure.getMessage()),
              failure);
      case "25006" ->
          exception(
              MISCONFIGURED,
              at + " is read-only; let 'host' name the primary, not a replica",
              failure);
      case "53300" ->
          exception(
              THROTTLED,
              "%s has no connection left for '%s': its own CONNECTION LIMIT or the server's is reached; Secrets Manager will retry the rotation"
                  .formatted(at, secret.username()),
              failure);
      case "55P03", "57014" ->
          exception(
              CONFLICT,
              at
                  + " did not get to it in time, since another session holds the same role; Secrets"
                  + " Manager will retry the rotation",
              failure);
      case "08004" ->
          exception(
              MISCONFIGURED,
              "%s wants a way to log in that is not offered here (%s); without TLS that is SCRAM or MD5 only, so that the password is never sent in the clear"
                  .formatted(at, failure.getMessage()),
              failure);
      default -> unexpected(failure, state, at);
    };
  }

  /**
   * Refused for another reason than the password: by pg_hba.conf, or by a method that knows no
   * password, which is what rds_iam switches a user to.
   */
  private static RotationException notAuthorized(
      SQLException failure, String at, DatabaseSecret secret) {
    return switch (routine(failure)) {
      case "ClientAuthentication" ->
          exception(
              MISCONFIGURED,
              "%s has no rule that lets '%s' in from here with this kind of connection (%s); see pg_hba.conf, or rds.force_ssl"
                  .formatted(at, secret.username(), failure.getMessage()),
              failure);
      default ->
          exception(
              MISCONFIGURED,
              "%s does not authenticate '%s' by a password (%s); on RDS, REVOKE rds_iam from it, or do not rotate it"
                  .formatted(at, secret.username(), failure.getMessage()),
              failure);
    };
  }

  private static RotationException unexpected(SQLException failure, String state, String at) {
    if (state.startsWith("08") || state.startsWith("57P")) {
      return exception(
          NETWORK,
          "%s can't be reached or is not ready (%s); check host and port, security groups, and that the function is in the database's VPC"
              .formatted(at, deepest(failure)),
          failure);
    }
    return exception(
        FAILED, "%s answered SQLSTATE %s: %s".formatted(at, state, failure.getMessage()), failure);
  }

  private static boolean isTlsFailure(SQLException failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return true;
      }
    }
    return isUnverifiedHost(failure);
  }

  /**
   * The driver's own error when the certificate holds another name: the only one without a cause.
   */
  private static boolean isUnverifiedHost(SQLException failure) {
    return "08006".equals(failure.getSQLState())
        && failure.getCause() == null
        && serverMessage(failure) == null;
  }

  /** The server's function that failed, which no translation changes. */
  private static String routine(SQLException failure) {
    ServerErrorMessage message = serverMessage(failure);
    return message == null ? "" : String.valueOf(message.getRoutine());
  }

  private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
    return failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
  }

  private static String deepest(SQLException failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    return deepest instanceof IOException || deepest instanceof GeneralSecurityException
        ? deepest.getClass().getSimpleName() + ": " + deepest.getMessage()
        : String.valueOf(failure.getMessage());
  }

  private static RotationException exception(
      RotationException.Reason reason, String message, SQLException cause) {
    return new RotationException(reason, message, cause);
  }
}
