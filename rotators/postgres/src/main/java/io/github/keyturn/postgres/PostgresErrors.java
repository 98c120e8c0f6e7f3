package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.POLICY;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException;
import io.github.keyturn.jdbc.DatabaseSecret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
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

  /** The driver's own error: the server answered that it speaks no TLS. */
  static boolean isTlsUnsupported(SQLException failure) {
    return "08004".equals(failure.getSQLState()) && serverMessage(failure) == null;
  }

  /** The catalog's way to say that two sessions changed the same role. */
  static boolean isConcurrentUpdate(SQLException failure) {
    return "XX000".equals(failure.getSQLState()) || "40001".equals(failure.getSQLState());
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
      case "22023", "28P02" ->
          exception(
              POLICY,
              "%s refuses the new password (%s); the next rotation makes another one"
                  .formatted(at, failure.getMessage()),
              failure);
      case "53300" ->
          exception(
              THROTTLED,
              at + " has no connection left; Secrets Manager will retry the rotation",
              failure);
      case "XX000", "40001", "55P03" ->
          exception(
              CONFLICT,
              at
                  + " is changing the same role in another session; Secrets Manager will retry the rotation",
              failure);
      default -> unexpected(failure, state, at);
    };
  }

  /**
   * Refused for another reason than the password: by pg_hba.conf, by NOLOGIN, or by a method that
   * knows no password, which is what rds_iam switches a user to.
   */
  private static RotationException notAuthorized(
      SQLException failure, String at, DatabaseSecret secret) {
    ServerErrorMessage message = serverMessage(failure);
    String routine = message == null ? "" : String.valueOf(message.getRoutine());
    return switch (routine) {
      case "ClientAuthentication" ->
          exception(
              MISCONFIGURED,
              "%s has no rule that lets '%s' in from here with this kind of connection (%s); see pg_hba.conf, or rds.force_ssl"
                  .formatted(at, secret.username(), failure.getMessage()),
              failure);
      case "InitializeSessionUserId" ->
          exception(
              MISCONFIGURED,
              "%s has no user '%s' that may log in; create it, or ALTER ROLE … LOGIN"
                  .formatted(at, secret.username()),
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
