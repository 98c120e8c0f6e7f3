package io.github.keyturn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an SDK would never send. */
class HttpProtocolTest {

  private static final String TARGET = "X-Amz-Target: secretsmanager.";
  private static final String SIGNED = "Authorization: AWS4-HMAC-SHA256 Credential=test";

  private LocalSecretsManager secretsManager;
  private URI url;

  private record Answer(int status, String head, ObjectNode body) {
    String error() {
      return body.path("__type").asText();
    }

    String message() {
      return body.path("Message").asText();
    }
  }

  @BeforeEach
  void start() throws IOException {
    secretsManager = LocalSecretsManager.inMemory();
    url = secretsManager.listen(0).url();
    secretsManager.createSecret("app", Secret.of("hunter2"));
  }

  @AfterEach
  void stop() {
    secretsManager.close();
  }

  @Test
  void answersInTheJsonProtocol() throws IOException {
    Answer answer = post("GetSecretValue", "{\"SecretId\":\"app\",\"Unknown\":1}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head().toLowerCase(Locale.ROOT))
        .contains("content-type: application/x-amz-json-1.1", "x-amzn-requestid: ");
    assertThat(answer.body().path("SecretString").asText()).isEqualTo("hunter2");
    assertThat(answer.body().path("CreatedDate").isNumber()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "PutSecretValue, InvalidRequestException",
    "UpdateSecret, InvalidRequestException",
    "RotateSecret, InvalidParameterException"
  })
  void asksForATokenBeforeItLooksForTheSecret(String operation, String error) throws IOException {
    Answer answer = post(operation, "{\"SecretId\":\"missing\",\"SecretString\":\"v\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).isEqualTo(error);
    assertThat(answer.message())
        .isEqualTo("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{\"SecretId\":\"app\"} {}",
        "{\"SecretId\":1}",
        "{\"SecretId\":[\"app\"]}",
        "{\"SecretId\":\"app\",\"SecretId\":\"app\"}"
      })
  void refusesWhatIsNoRequest(String body) throws IOException {
    Answer answer = post("GetSecretValue", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).isEqualTo("SerializationException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"SecretId\":null}",
        "{\"SecretId\":\"\"}",
        "{\"SecretId\":\"app\",\"VersionId\":\"short\"}"
      })
  void refusesMembersThatAreMissingOrTooShort(String body) throws IOException {
    assertThat(post("GetSecretValue", body).error()).isEqualTo("ValidationException");
  }

  @Test
  void neverFailsInsideForWrongTypes() throws IOException {
    List<String> wrong = List.of("1", "true", "\"text\"", "[1]", "[{}]", "{}", "1e400", "-1");
    List<String> members =
        List.of(
            "SecretId",
            "Name",
            "SecretString",
            "SecretBinary",
            "ClientRequestToken",
            "Tags",
            "VersionStages",
            "Filters",
            "MaxResults",
            "NextToken",
            "RotationRules",
            "RotateImmediately",
            "PasswordLength",
            "RecoveryWindowInDays",
            "SecretIdList");
    List<String> operations =
        List.of(
            "CreateSecret",
            "PutSecretValue",
            "ListSecrets",
            "RotateSecret",
            "GetRandomPassword",
            "DeleteSecret",
            "BatchGetSecretValue",
            "TagResource",
            "ListSecretVersionIds");
    for (String operation : operations) {
      for (String member : members) {
        for (String value : wrong) {
          ObjectNode request =
              Json.parseObject(
                      "{\"%s\":%s}".formatted(member, value).getBytes(StandardCharsets.UTF_8))
                  .orElseThrow();
          assertServed(operation, request);
        }
      }
    }
  }

  private void assertServed(String operation, ObjectNode request) {
    try {
      secretsManager.call(operation, request);
    } catch (ServiceException refused) {
      assertThat(refused.status()).as("%s %s", operation, request).isEqualTo(400);
    }
  }

  @Test
  void knowsItsOperations() throws IOException {
    assertThat(post("StealSecrets", "{}").error()).isEqualTo("UnknownOperationException");
    assertThat(send("GET / HTTP/1.1", "", TARGET + "ListSecrets", SIGNED).error())
        .isEqualTo("UnknownOperationException");
    assertThat(send("POST / HTTP/1.1", "{}", SIGNED).error())
        .isEqualTo("UnknownOperationException");
  }

  @Test
  void wantsASignatureButDoesNotCheckIt() throws IOException {
    Answer answer = send("POST / HTTP/1.1", "{}", TARGET + "ListSecrets");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).isEqualTo("MissingAuthenticationTokenException");
  }

  @Test
  void boundsTheSizeOfARequest() throws IOException {
    Answer answer = post("ListSecrets", " ".repeat(1024 * 1024) + "{}");

    assertThat(answer.status()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", ""})
  void refusesOtherHostsThanThisOne(String host) throws IOException {
    Answer answer = sendTo(host, "POST / HTTP/1.1", "{}", TARGET + "ListSecrets", SIGNED);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body().has("SecretList")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:4566", "127.0.0.1", "[::1]:80", "host.docker.internal:80"})
  void answersToTheNamesOfThisHost(String host) throws IOException {
    assertThat(sendTo(host, "POST / HTTP/1.1", "{}", TARGET + "ListSecrets", SIGNED).status())
        .isEqualTo(200);
  }

  private Answer post(String operation, String body) throws IOException {
    return send("POST / HTTP/1.1", body, TARGET + operation, SIGNED);
  }

  private Answer send(String request, String body, String... headers) throws IOException {
    return sendTo("localhost", request, body, headers);
  }

  /** By hand, since HTTP clients do not let the Host header be chosen. */
  private Answer sendTo(String host, String request, String body, String... headers)
      throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "%s\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n\r\n"
            .formatted(request, host, content.length, String.join("\r\n", headers));
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(content);
      socket.getOutputStream().flush();
      return read(socket.getInputStream());
    }
  }

  private static Answer read(InputStream input) throws IOException {
    String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    return new Answer(
        Integer.parseInt(text.substring(9, 12)),
        text.substring(0, end),
        Json.parseObject(text.substring(end).strip().getBytes(StandardCharsets.UTF_8))
            .orElseThrow());
  }
}
