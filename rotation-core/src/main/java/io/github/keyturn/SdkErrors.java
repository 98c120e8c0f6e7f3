package io.github.keyturn;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in our words what the SDK threw. */
record SdkErrors(AwsErrors errors) {

  /** What to throw for a failed call. */
  RotationException explain(String operation, String secretId, SdkException failure) {
    if (failure instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
      return errors.refused(
          operation, secretId, code(refused), said(refused), isThrottling(refused), refused);
    }
    boolean timedOut =
        failure instanceof ApiCallTimeoutException
            || failure instanceof ApiCallAttemptTimeoutException;
    return timedOut
        ? errors.timedOut(operation, secretId, failure)
        : errors.unanswered(operation, secretId, failure);
  }

  static String code(AwsServiceException refused) {
    return String.valueOf(refused.awsErrorDetails().errorCode());
  }

  static String said(AwsServiceException refused) {
    return String.valueOf(refused.awsErrorDetails().errorMessage());
  }

  private static boolean isThrottling(AwsServiceException refused) {
    return AwsErrors.isThrottling(code(refused)) || refused.isThrottlingException();
  }
}
