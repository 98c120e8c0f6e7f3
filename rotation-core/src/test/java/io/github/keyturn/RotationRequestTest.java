package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationRequestTest {

  private static final String TOKEN = "t".repeat(32);
  private static final String VALID =
      """
      {"Step": "setSecret", "SecretId": "my-secret", "ClientRequestToken": "%s", \
      "RotationToken": "rotation-token"}"""
          .formatted(TOKEN);

  @Test
  void readsTheFourFields() throws Exception {
    RotationRequest request = read(VALID);

    assertThat(request.step()).isEqualTo(Step.SET);
    assertThat(request.secretId()).isEqualTo("my-secret");
    assertThat(request.token()).isEqualTo(TOKEN);
    assertThat(request.rotationToken()).isEqualTo(Secret.of("rotation-token"));
  }

  @Test
  void showsNoRotationToken() throws Exception {
    assertThat(read(VALID).toString()).doesNotContain("rotation-token");
  }

  @Test
  void looksAtNoOtherField() throws Exception {
    assertThat(read(VALID.replace("{", "{\"Later\": {\"field\": [1, null]}, ")))
        .isEqualTo(read(VALID));
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void takesTokensFrom32To64Characters(int length) throws Exception {
    String token = "x".repeat(length);

    assertThat(read(VALID.replace(TOKEN, token)).token()).isEqualTo(token);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          ``                                        | is not a JSON object
          SECRET                                    | is not a JSON object
          ["SECRET"]                                | is not a JSON object
          "SECRET"                                  | is not a JSON object
          {"SECRET"                                 | is not a JSON object
          {"Step": "SECRET", "Step": "SECRET"}      | names a field twice
          {"Step": "SECRET"} SECRET                 | goes on after the end of its JSON object
          {"Step": "SECRET"} {}                     | goes on after the end of its JSON object
          {}                                        | has no value for [Step, SecretId, ClientRequestToken]
          {"Step": " ", "SecretId": "SECRET"}       | has no value for [Step, ClientRequestToken]
          {"Step": null, "ClientRequestToken": "SECRET"} | has no value for [Step, SecretId]
          {"Step": 1}                               | must have a text as its Step
          {"SecretId": {"a": "SECRET"}}             | must have a text as its SecretId
          {"ClientRequestToken": ["SECRET"]}        | must have a text as its ClientRequestToken
          {"RotationToken": true}                   | must have a text as its RotationToken
          """)
  void saysWhatIsWrongWithAnEventAndQuotesNothing(String event, String problem) {
    assertMalformed(event.getBytes(StandardCharsets.UTF_8), problem);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 65})
  void refusesTokensOfAnotherLength(int length) {
    assertMalformed(
        VALID.replace(TOKEN, "x".repeat(length)),
        "has a ClientRequestToken of %d characters; it must have 32 to 64".formatted(length));
  }

  @Test
  void refusesAnUnknownStep() {
    assertMalformed(
        VALID.replace("setSecret", "SECRET"),
        "has an unknown Step; it must be createSecret, setSecret, testSecret or finishSecret");
  }

  @Test
  void refusesAnEventThatNoSecretsManagerSends() {
    assertMalformed(VALID.replace("}", " ".repeat(64 * 1024) + "}"), "is larger than 65536 bytes");
  }

  @Test
  @DisplayName("A secret's name with a byte gone wrong would be another secret")
  void refusesInvalidUtf8() {
    byte[] event = VALID.getBytes(StandardCharsets.UTF_8);
    event[VALID.indexOf("my-secret")] = (byte) 0xC3;

    assertMalformed(event, "is not UTF-8");
  }

  @Test
  void survivesDeepNesting() {
    assertMalformed("{\"a\":".repeat(10_000), "is nested more than 500 times");
  }

  private static void assertMalformed(String event, String problem) {
    assertMalformed(event.getBytes(StandardCharsets.UTF_8), problem);
  }

  private static void assertMalformed(byte[] event, String problem) {
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> RotationRequest.read(new ByteArrayInputStream(event)))
        .withMessageStartingWith("MISCONFIGURED: the event ")
        .withMessageContaining(problem)
        .withMessageContaining("invoke this function through RotateSecret")
        .withNoCause()
        .satisfies(
            failure -> {
              assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
              assertThat(Failures.print(failure)).doesNotContain("SECRET");
            });
  }

  private static RotationRequest read(String event) throws IOException {
    return RotationRequest.read(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)));
  }
}
