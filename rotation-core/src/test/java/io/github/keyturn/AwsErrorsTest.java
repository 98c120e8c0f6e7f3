package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.RotationException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

class AwsErrorsTest {

  private final AwsErrors ours = new AwsErrors(URI.create("https://endpoint.example.com"));
  private final SdkErrors errors = new SdkErrors(ours);

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "AccessDeniedException, not authorized, PRIVILEGE, secretsmanager:GetSecretValue",
    "AccessDenied, not authorized, PRIVILEGE, secretsmanager:GetSecretValue",
    "UnrecognizedClientException, invalid token, PRIVILEGE, credentials must be valid",
    "InvalidClientTokenId, invalid token, PRIVILEGE, credentials must be valid",
    "ExpiredTokenException, expired, PRIVILEGE, credentials must be valid",
    "InvalidSignatureException, signature, PRIVILEGE, credentials must be valid",
    "MissingAuthenticationTokenException, missing, PRIVILEGE, credentials must be valid",
    "IncompleteSignature, incomplete, PRIVILEGE, credentials must be valid",
    "AccessDeniedException, Access to KMS is not allowed, PRIVILEGE, kms:Decrypt",
    "InvalidRequestException, the KMS key is disabled, PRIVILEGE, kms:Decrypt",
    "DecryptionFailure, can't decrypt, PRIVILEGE, kms:Decrypt",
    "EncryptionFailure, can't encrypt, PRIVILEGE, kms:GenerateDataKey",
    "ThrottlingException, Rate exceeded, THROTTLED, will retry the rotation",
    "Throttling, Rate exceeded, THROTTLED, will retry the rotation",
    "TooManyRequestsException, Rate exceeded, THROTTLED, will retry the rotation",
    "LimitExceededException, too many versions, THROTTLED, will retry the rotation",
    "RequestLimitExceeded, too fast, THROTTLED, will retry the rotation",
    "ResourceNotFoundException, can't find it, MISCONFIGURED, 'name, Region and account'",
    "InvalidRequestException, marked for deletion, MISCONFIGURED, RestoreSecret",
    "InvalidRequestException, stage is not associated, MISCONFIGURED, DescribeSecret",
    "InvalidParameterException, too short, MISCONFIGURED, correct the event",
    "ValidationException, too short, MISCONFIGURED, correct the event",
    "ResourceExistsException, already in use, CONFLICT, already in use",
    "InternalServiceError, sorry, FAILED, will retry the rotation",
    "SomethingNew, unheard of, FAILED, will retry the rotation",
  })
  @DisplayName("A refusal is told by its code, since nearly all have HTTP status 400")
  void explainsARefusalByItsCode(String code, String said, Reason reason, String hint) {
    SdkException refused = refused(code, said);

    RotationException failure = errors.explain("GetSecretValue", "my-secret", refused);

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure)
        .hasMessageContaining("GetSecretValue on my-secret was refused (%s: %s)", code, said)
        .hasMessageContaining(hint)
        .hasCause(refused);
    assertThat(
            ours.refused(
                "GetSecretValue", "my-secret", code, said, AwsErrors.isThrottling(code), refused))
        .hasMessage(failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "ResourceNotFoundException, can't find it, true",
    "InvalidRequestException, not associated to the provided VersionId, true",
    "InvalidRequestException, marked for deletion, false",
    "InvalidRequestException, the KMS key is disabled, false",
    "AccessDeniedException, not authorized, false"
  })
  void tellsAbsenceFromTrouble(String code, String said, boolean absent) {
    assertThat(AwsErrors.meansAbsent(code, said)).isEqualTo(absent);
  }

  static Stream<Arguments> unanswered() {
    return Stream.of(
        Arguments.of(client(new ConnectException("refused")), Reason.NETWORK, "NAT gateway"),
        Arguments.of(client(new UnknownHostException("endpoint")), Reason.NETWORK, "NAT gateway"),
        Arguments.of(client(new SocketTimeoutException("read")), Reason.NETWORK, "NAT gateway"),
        Arguments.of(
            client(new IllegalStateException(new IOException("reset"))),
            Reason.NETWORK,
            "NAT gateway"),
        Arguments.of(ApiCallTimeoutException.create(10), Reason.NETWORK, "interface endpoint"),
        Arguments.of(
            ApiCallAttemptTimeoutException.create(10), Reason.NETWORK, "interface endpoint"),
        Arguments.of(client(new SSLHandshakeException("PKIX")), Reason.TLS, "TLS handshake failed"),
        Arguments.of(
            client(new IOException(new SSLHandshakeException("PKIX"))),
            Reason.TLS,
            "TLS handshake failed"),
        Arguments.of(SdkClientException.create("no credentials"), Reason.FAILED, "no credentials"),
        Arguments.of(
            SecretsManagerException.builder().message("no details").build(),
            Reason.FAILED,
            "no details"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unanswered")
  void explainsWhyNoAnswerCame(SdkException unanswered, Reason reason, String hint) {
    RotationException failure = errors.explain("PutSecretValue", "my-secret", unanswered);

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure)
        .hasMessageContaining(
            "PutSecretValue on my-secret got no answer from https://endpoint.example.com")
        .hasMessageContaining(hint)
        .hasCause(unanswered);
  }

  @Test
  void aRefusalWithoutCodeAndMessageIsStillExplained() {
    SdkException refused =
        SecretsManagerException.builder()
            .awsErrorDetails(AwsErrorDetails.builder().build())
            .build();

    assertThat(errors.explain("GetSecretValue", "my-secret", refused).reason())
        .isEqualTo(Reason.FAILED);
  }

  private static SdkException refused(String code, String said) {
    return SecretsManagerException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(said).build())
        .statusCode(400)
        .build();
  }

  private static SdkException client(Throwable cause) {
    return SdkClientException.create("the SDK's words", cause);
  }

  @Test
  @DisplayName("The service explains a refused signature by all that should have been signed")
  void doesNotShowTheSessionTokenOfARefusedSignature() {
    String said =
        "The request signature we calculated does not match.\n\nThe Canonical String for this"
            + " request should have been\n'POST\n/\n\nx-amz-security-token:hunter2'";
    Exception failure = new IOException(said);

    RotationException refused =
        ours.refused("GetSecretValue", "app", "InvalidSignatureException", said, false, failure);

    assertThat(Failures.print(refused))
        .contains("The request signature we calculated does not match.")
        .doesNotContain("hunter2");
  }
}
