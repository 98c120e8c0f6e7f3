package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException.Reason;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

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
          "ThrottlingException",
          "Throttling",
          "TooManyRequestsException",
          "LimitExceededException");

  /** What to throw for a failed call. */
  RotationException explain(String operation, String secretId, SdkException failure) {
    return failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null
        ? explainRefusal(operation, secretId, refused)
        : explainUnanswered(operation, secretId, failure);
  }

  private static RotationException explainRefusal(
      String operation, String secretId, AwsServiceException refused) {
    String code = String.valueOf(refused.awsErrorDetails().errorCode());
    String said = String.valueOf(refused.awsErrorDetails().errorMessage());
    String what = "%s on %s was refused (%s: %s)".formatted(operation, secretId, code, said);
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
    if (THROTTLING_CODES.contains(code) || refused.isThrottlingException()) {
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
                  + (said.toLowerCase(Locale.ROOT).contains("deletion")
                      ? "; restore the secret with RestoreSecret, or remove its rotation"
                      : "; look at the secret's labels and state with DescribeSecret"),
              refused);
      case "InvalidParameterException", "ValidationException" ->
          exception(MISCONFIGURED, what + "; correct the event's values", refused);
      case "ResourceExistsException" -> exception(CONFLICT, what, refused);
      default -> exception(FAILED, what + "; Secrets Manager will retry the rotation", refused);
    };
  }

  private static boolean mentionsKms(String said) {
    // in capitals, as the service writes it; a secret's own name may hold the letters too
    return said.contains("KMS");
  }

  private RotationException explainUnanswered(
      String operation, String secretId, SdkException failure) {
    String what = "%s on %s got no answer from %s".formatted(operation, secretId, endpoint);
    if (hasCause(failure, SSLException.class)) {
      return exception(
          TLS,
          what
              + ": the TLS handshake failed; is something between this function and AWS replacing its"
              + " certificate?",
          failure);
    }
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || hasCause(failure, java.io.IOException.class)) {
      return exception(
          NETWORK,
          what
              + "; a function in a VPC needs an interface endpoint for Secrets Manager or a NAT gateway,"
              + " and security groups that let HTTPS through",
          failure);
    }
    return exception(FAILED, what + " (%s)".formatted(failure.getMessage()), failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static RotationException exception(Reason reason, String message, Throwable cause) {
    return new RotationException(reason, message, cause);
  }
}
