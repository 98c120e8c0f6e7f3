package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException.Reason;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says in our words what Secrets Manager or the way to it refused. Errors are told apart by their
 * code: Secrets Manager answers nearly all of them with HTTP status 400.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html">Common
 *     errors</a>
 */
record AwsErrors(URI endpoint) {

  private static final Set<String> ACCESS_CODES =
      Set.of(
          "AccessDeniedException",
          "AccessDenied",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "ExpiredTokenException",
          "InvalidSignatureException",
          "MissingAuthenticationTokenException",
          "IncompleteSignature");

  private static final Set<String> KMS_CODES = Set.of("DecryptionFailure", "EncryptionFailure");

  private static final Set<String> THROTTLING_CODES =
      Set.of(
          "BandwidthLimitExceeded",
          "PriorRequestNotComplete",
          "RequestLimitExceeded",
          "RequestThrottled",
          "RequestThrottledException",
          "SlowDown",
          "ThrottledException",
          "Throttling",
          "ThrottlingException",
          "TooManyRequestsException");

  /** What the service says of a version that is not there, has no value, or not this label. */
  static boolean meansAbsent(String code, String said) {
    return code.equals("ResourceNotFoundException")
        || (code.equals("InvalidRequestException")
            && !mentionsDeletion(said)
            && !mentionsKms(said));
  }

  static boolean isThrottling(String code) {
    return THROTTLING_CODES.contains(code);
  }

  /** AWSCURRENT was not where it was to be taken from. */
  static RotationException notMoved(String from, String to, String said, Throwable cause) {
    return exception(
        CONFLICT,
        "AWSCURRENT could not be moved from version %s to %s (%s); somebody moved it at the same time: Secrets Manager will retry the rotation"
            .formatted(from, to, said),
        cause);
  }

  /** What to throw when the service said no. */
  RotationException refused(
      String operation,
      String secretId,
      String code,
      String said,
      boolean throttled,
      Throwable failure) {
    String shown = firstLine(said);
    // the whole of it is the failure's own message
    @Nullable Throwable refused = shown.equals(said) ? failure : null;
    String what = "%s on %s was refused (%s: %s)".formatted(operation, secretId, code, shown);
    if (KMS_CODES.contains(code) || mentionsKms(said)) {
      return exception(
          PRIVILEGE,
          what
              + "; the function's role needs kms:Decrypt and kms:GenerateDataKey on the secret's key,"
              + " which must be enabled and, for another account, a customer managed key",
          refused);
    }
    if (ACCESS_CODES.contains(code)) {
      return exception(
          PRIVILEGE,
          what
              + "; the function's role needs secretsmanager:"
              + operation
              + " on this secret, and the credentials must be valid",
          refused);
    }
    if (throttled || code.equals("LimitExceededException")) {
      return exception(THROTTLED, what + "; Secrets Manager will retry the rotation", refused);
    }
    return switch (code) {
      case "ResourceNotFoundException" ->
          exception(
              MISCONFIGURED,
              what + "; check the secret's name, Region and account, and that it has a value",
              refused);
      case "InvalidRequestException" ->
          exception(
              MISCONFIGURED,
              what
                  + (mentionsDeletion(said)
                      ? "; restore the secret with RestoreSecret, or remove its rotation"
                      : "; look at the secret's labels and state with DescribeSecret"),
              refused);
      case "InvalidParameterException", "ValidationException" ->
          exception(MISCONFIGURED, what + "; correct the event's values", refused);
      case "ResourceExistsException" -> exception(CONFLICT, what, refused);
      default -> exception(FAILED, what + "; Secrets Manager will retry the rotation", refused);
    };
  }

  /**
   * A refused signature is explained on further lines by what was signed: the session token too.
   */
  private static String firstLine(String said) {
    int end = said.indexOf('\n');
    return end < 0 ? said : said.substring(0, end);
  }

  private static boolean mentionsDeletion(String said) {
    return said.toLowerCase(Locale.ROOT).contains("deletion");
  }

  private static boolean mentionsKms(String said) {
    // in capitals, as the service writes it; a secret's own name may hold the letters too
    return said.contains("KMS");
  }

  /** What to throw when no answer came. */
  RotationException unanswered(String operation, String secretId, Throwable failure) {
    String what = "%s on %s got no answer from %s".formatted(operation, secretId, endpoint);
    if (hasCause(failure, SSLException.class)) {
      return exception(
          TLS,
          what
              + ": the TLS handshake failed; is something between this function and AWS replacing its"
              + " certificate?",
          failure);
    }
    return hasCause(failure, IOException.class)
        ? timedOut(operation, secretId, failure)
        : exception(FAILED, what + " (%s)".formatted(failure.getMessage()), failure);
  }

  /** What to throw when the way to the service is the likely reason. */
  RotationException timedOut(String operation, String secretId, Throwable failure) {
    return exception(
        NETWORK,
        "%s on %s got no answer from %s; a function in a VPC needs an interface endpoint for Secrets Manager or a NAT gateway, and security groups that let HTTPS through"
            .formatted(operation, secretId, endpoint),
        failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static RotationException exception(
      Reason reason, String message, @Nullable Throwable cause) {
    return new RotationException(reason, message, cause);
  }
}
