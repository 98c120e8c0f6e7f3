package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.Step.CREATE;
import static io.github.keyturn.Step.SET;
import static io.github.keyturn.Step.TEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.provider.ProviderProfile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that a provider should not give: each is an error that says what was expected. */
class BadResponsesTest {

  /** Stands in every bad answer, and in no message. */
  private static final String LEAK = "SG.leaked-by-the-provider";

  private static final String VERIFY = "GET /v3/scopes";
  private static final String LIST = "GET /v3/api_keys";
  private static final String ISSUE = "POST /v3/api_keys";
  private static final String REVOKE = "DELETE /v3/api_keys/";

  /**
   * An answer.
   *
   * @param times how often it is given in a row
   */
  private record Bad(
      String request, int status, Map<String, String> headers, String body, int times) {}

  private static Bad bad(String request, int status, String body) {
    return new Bad(request, status, Map.of(), body, 1);
  }

  private static Bad busy(String request, int status, String retryAfter, int times) {
    return new Bad(request, status, Map.of("Retry-After", retryAfter), error(), times);
  }

  private static String error() {
    return "{\"errors\": [{\"message\": \"the key %s is not good\"}]}".formatted(LEAK);
  }

  private static String key(String value) {
    return "{\"api_key\": %s, \"api_key_id\": \"id\", \"note\": \"%s\"}".formatted(value, LEAK);
  }

  @SuppressWarnings("UnusedVariable") // the first is the test's name
  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void areErrorsThatSayWhatWasExpected(
      String what, Bad bad, Step step, Reason reason, String message) throws Exception {
    try (Bed bed =
        Bed.of(ProviderProfile.SENDGRID, TestDefinition.SMALL, Map.of("PASSWORD_LENGTH", "32"))) {
      bed.rotate();
      String token = bed.stage();
      for (Step earlier : Step.values()) {
        if (earlier.compareTo(step) < 0) {
          bed.run(earlier, token);
        }
      }
      for (int i = 0; i < bad.times(); i++) {
        bed.provider.answerNext(bad.request(), bad.status(), bad.headers(), bad.body());
      }

      Throwable failure = failure(bed, step, token);

      assertThat(failure).hasMessageContaining(reason + ": ").hasMessageContaining(message);
      assertThat(print(failure)).doesNotContain(LEAK).doesNotContain("leaked");
      assertThat(bed.log()).noneMatch(line -> line.contains("leaked"));
      // and nothing is lost
      assertThat(bed.accepts(bed.current())).isTrue();
      bed.rotate(token);
      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        arguments(
            "verify is answered with an error",
            bad(VERIFY, 500, error()),
            TEST,
            FAILED,
            "verify (GET https://api.example.com/v3/scopes) was answered with 500; expected was [200]; Secrets Manager will retry"),
        arguments(
            "verify lacks a right",
            bad(VERIFY, 403, error()),
            TEST,
            PRIVILEGE,
            "was answered with 403; expected was [200]; the secret's key lacks a right"),
        arguments(
            "verify is answered with something new",
            bad(VERIFY, 418, error()),
            TEST,
            FAILED,
            "was answered with 418; expected was [200]; look the status up"),
        arguments(
            "the key is refused",
            bad(VERIFY, 401, error()),
            TEST,
            REJECTED,
            "the target refuses the login of AWSPENDING"),
        arguments(
            "a redirect",
            new Bad(VERIFY, 302, Map.of("Location", "https://evil.example.com/" + LEAK), "", 1),
            TEST,
            MISCONFIGURED,
            "was answered with 302; expected was [200]; redirects are not followed"),
        arguments(
            "a provider that is busy for an hour",
            busy(VERIFY, 429, "3600", 1),
            TEST,
            THROTTLED,
            "was answered with 429 and a request to wait 3600 seconds, which is longer than this function can"),
        arguments(
            "a provider that is busy until next year",
            busy(VERIFY, 503, "Thu, 31 Dec 2099 23:59:59 GMT", 1),
            TEST,
            THROTTLED,
            "was answered with 503 and a request to wait "),
        arguments(
            "a provider that stays busy",
            busy(VERIFY, 429, "0", 3),
            TEST,
            THROTTLED,
            "was answered with 429; expected was [200]; Secrets Manager will retry"),
        arguments(
            "a key that is issued with another status",
            bad(ISSUE, 202, key("\"" + LEAK + "\"")),
            CREATE,
            FAILED,
            "create (POST https://api.example.com/v3/api_keys) was answered with 202; expected was [201]"),
        arguments(
            "issuing is refused",
            bad(ISSUE, 400, error()),
            CREATE,
            FAILED,
            "was answered with 400; expected was [201]; look the status up"),
        arguments(
            "issuing takes a right",
            bad(ISSUE, 403, error()),
            CREATE,
            PRIVILEGE,
            "the superuser secret's key lacks a right"),
        arguments(
            "issuing is not repeated for an error that may come late",
            bad(ISSUE, 503, error()),
            CREATE,
            FAILED,
            "was answered with 503; expected was [201]"),
        arguments(
            "the superuser secret is refused",
            bad(ISSUE, 401, error()),
            CREATE,
            PRIVILEGE,
            "was answered with 401: the provider refuses the superuser secret; correct that secret"),
        arguments(
            "a page for people",
            bad(ISSUE, 201, "<html>" + LEAK + "</html>"),
            CREATE,
            FAILED,
            "was answered with 201 and something that is not JSON, without a text at /api_key"),
        arguments(
            "no body at all",
            bad(ISSUE, 201, ""),
            CREATE,
            FAILED,
            "something that is not JSON, without a text at /api_key"),
        arguments(
            "half an answer",
            bad(ISSUE, 201, "{\"api_key\": \"" + LEAK),
            CREATE,
            FAILED,
            "something that is not JSON, without a text at /api_key"),
        arguments(
            "a key twice",
            bad(ISSUE, 201, "{\"api_key\": \"a\", \"api_key\": \"" + LEAK + "\"}"),
            CREATE,
            FAILED,
            "something that is not JSON, without a text at /api_key"),
        arguments(
            "two answers in one",
            bad(ISSUE, 201, key("\"a\"") + key("\"b\"")),
            CREATE,
            FAILED,
            "something that is not JSON, without a text at /api_key"),
        arguments(
            "an answer without a key",
            bad(ISSUE, 201, "{\"api_key_id\": \"" + LEAK + "\"}"),
            CREATE,
            FAILED,
            "was answered with 201 and JSON, without a text at /api_key"),
        arguments(
            "null for a key",
            bad(ISSUE, 201, key("null")),
            CREATE,
            FAILED,
            "without a text at /api_key"),
        arguments(
            "a blank key",
            bad(ISSUE, 201, key("\" \"")),
            CREATE,
            FAILED,
            "without a text at /api_key"),
        arguments(
            "an object for a key",
            bad(ISSUE, 201, key("{\"value\": \"" + LEAK + "\"}")),
            CREATE,
            FAILED,
            "without a text at /api_key"),
        arguments(
            "a list for a key",
            bad(ISSUE, 201, key("[\"" + LEAK + "\"]")),
            CREATE,
            FAILED,
            "without a text at /api_key"),
        arguments(
            "a key without its id",
            bad(ISSUE, 201, "{\"api_key\": \"" + LEAK + "\"}"),
            CREATE,
            FAILED,
            "without a text at /api_key_id"),
        arguments(
            "an answer without an end",
            bad(ISSUE, 201, "{\"api_key\": \"" + LEAK.repeat(100_000) + "\"}"),
            CREATE,
            FAILED,
            "was answered with more than 2097152 bytes, and the rest was not read"),
        arguments(
            "a list that is none",
            bad(LIST, 200, "{\"result\": {\"api_key_id\": \"" + LEAK + "\"}}"),
            CREATE,
            FAILED,
            "list (GET https://api.example.com/v3/api_keys) was answered with 200 and JSON, without a list at /result"),
        arguments(
            "a list of texts",
            bad(LIST, 200, "{\"result\": [\"" + LEAK + "\"]}"),
            CREATE,
            FAILED,
            "has an entry without a text or a number at /api_key_id"),
        arguments(
            "a list that can't be read now",
            bad(LIST, 404, error()),
            SET,
            FAILED,
            "list (GET https://api.example.com/v3/api_keys) was answered with 404; expected was [200]"),
        arguments(
            "revoking fails",
            bad(REVOKE, 500, error()),
            CREATE,
            FAILED,
            "revoke (DELETE https://api.example.com/v3/api_keys/${key.id}) was answered with 500; expected was [204, 404]"),
        arguments(
            "revoking takes a right",
            bad(REVOKE, 403, error()),
            CREATE,
            PRIVILEGE,
            "was answered with 403; expected was [204, 404]"));
  }

  @Test
  void aBusyProviderIsAskedAgain() throws Exception {
    try (Bed bed = Bed.of(ProviderProfile.SENDGRID, TestDefinition.SMALL, Map.of())) {
      bed.provider.answerNext(LIST, 503, Map.of("Retry-After", "0"), "");
      bed.provider.answerNext(ISSUE, 429, Map.of("Retry-After", "soon"), "");
      bed.provider.answerNext(VERIFY, 502, Map.of(), "");

      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.requests().stream().filter(ISSUE::equals)).hasSize(2);
    }
  }

  @Test
  void anErrorInsideOf200IsAnError() throws Exception {
    try (Bed bed =
        Bed.of(
            ProviderProfile.NEW_RELIC,
            TestDefinition.resource("new-relic.json"),
            Map.of("PROVIDER_ACCOUNT", "4711"))) {
      bed.provider.answerNext(
          "POST /graphql", 200, Map.of(), "{\"errors\": [{\"message\": \"%s\"}]}".formatted(LEAK));
      String token = bed.stage();

      Throwable failure = failure(bed, CREATE, token);

      assertThat(failure)
          .hasMessageContaining(
              "was answered with 200; expected was [200] with nothing at /errors");
      assertThat(print(failure)).doesNotContain(LEAK);
      bed.rotate(token);
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  void onlyACodeOfTheProvidersIsShown() throws Exception {
    String definition = TestDefinition.small().with("/errorCode", "\"/error/code\"").text();
    for (String code : List.of("invalid_api_key", "20003")) {
      assertThat(messageFor(definition, code)).contains("was answered with 400 (" + code + ")");
    }
    for (String noCode :
        List.of(
            "Incorrect API key: " + LEAK, "a1b2c3d4e5f6", "sk-0123456789abcdef", "9".repeat(20))) {
      assertThat(messageFor(definition, noCode)).contains("was answered with 400;");
    }
  }

  private static String messageFor(String definition, String code) throws Exception {
    try (Bed bed = Bed.of(ProviderProfile.SENDGRID, definition, Map.of())) {
      bed.provider.answerNext(
          ISSUE, 400, Map.of(), "{\"error\": {\"code\": \"%s\"}}".formatted(code));
      return String.valueOf(failure(bed, CREATE, bed.stage()).getMessage());
    }
  }

  /** How the step fails, which it must. */
  static Throwable failure(Bed bed, Step step, String token) {
    try {
      bed.run(step, token);
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError(step + " should have failed");
  }

  static String print(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
