package io.github.keyturn;

import static io.github.keyturn.ScriptedEndpoint.drip;
import static io.github.keyturn.ScriptedEndpoint.error;
import static io.github.keyturn.ScriptedEndpoint.none;
import static io.github.keyturn.ScriptedEndpoint.silence;
import static io.github.keyturn.ScriptedEndpoint.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.keyturn.ScriptedEndpoint.Answer;
import io.github.keyturn.ScriptedEndpoint.Request;
import io.github.keyturn.SecretsManagerCalls.RefusedException;
import io.github.keyturn.internal.Json;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsManagerCallsTest {

  private static final Caller CALLER =
      new Caller("AKIDEXAMPLE", Secret.of("secret"), Secret.of("session"));
  private static final DateTimeFormatter AMZ_DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX");

  private ScriptedEndpoint endpoint;
  private SecretsManagerCalls calls;

  @BeforeEach
  void open() throws IOException {
    endpoint = new ScriptedEndpoint();
    calls = calls(endpoint.url(), Clock.systemUTC());
  }

  private static SecretsManagerCalls calls(URI url, Clock clock) {
    return new SecretsManagerCalls(
        new CrtHttp(url, null), new RequestSigner(url, "eu-west-1"), () -> CALLER, clock);
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void sendsTheMembersAndReadsTheAnswer() throws Exception {
    endpoint.answer(text(200, "{\"ARN\":\"arn\",\"Versions\":[1.5]}"));

    assertThat(Json.write(calls.call("DescribeSecret", Map.of("SecretId", "app/ä€😀\""), in(10))))
        .isEqualTo("{\"ARN\":\"arn\",\"Versions\":[1.5]}");

    Request request = endpoint.requests().get(0);
    assertThat(request.target()).isEqualTo("secretsmanager.DescribeSecret");
    assertThat(request.body()).isEqualTo("{\"SecretId\":\"app/ä€😀\\\"\"}");
    assertThat(request.token()).isEqualTo("session");
    assertThat(Duration.between(time(request), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(1));
  }

  static Stream<Arguments> whatMayPass() {
    return Stream.of(
        Arguments.of("throttling", error("ThrottlingException", "Rate exceeded")),
        Arguments.of("a namespace", error("com.amazonaws.sm#SlowDown", "Rate exceeded")),
        Arguments.of("status 429", text(429, "")),
        Arguments.of("a failure inside", text(500, "{\"__type\":\"InternalServiceError\"}")),
        Arguments.of("a gateway's failure", text(502, "<html>Bad Gateway</html>")),
        Arguments.of("an overload", text(503, "")),
        Arguments.of("a gateway's time-out", text(504, "")),
        Arguments.of("a slow request", error("RequestTimeout", "too slow")),
        Arguments.of("no answer", none()),
        Arguments.of("half an answer", text(200, "{\"ARN\":")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatMayPass")
  void triesAgainAfter(String trouble, Answer answer) throws Exception {
    endpoint.answer(answer, text(200, "{\"ARN\":\"arn\"}"));

    assertThat(call()).isEqualTo("{\"ARN\":\"arn\"}");

    assertThat(endpoint.requests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ResourceNotFoundException",
        "AccessDeniedException",
        "ResourceExistsException",
        "LimitExceededException",
        "InvalidSignatureException",
        "ExpiredTokenException"
      })
  void doesNotTryAgainWhatWillNotPass(String code) {
    endpoint.answer(error(code, "no"));

    assertRefused(code, "no");

    assertThat(endpoint.requests()).hasSize(1);
  }

  @Test
  void triesThreeTimes() {
    Answer failure = text(500, "{\"__type\":\"InternalServiceError\",\"message\":\"sorry\"}");
    endpoint.answer(failure, failure, failure);

    assertRefused("InternalServiceError", "sorry");

    assertThat(endpoint.requests()).hasSize(3);
  }

  @Test
  void saysWhoAnsweredInsteadOfTheService() {
    endpoint.answer(text(403, "<html>blocked by the firewall</html>"));

    assertRefused("HTTP status 403", "without an error of the service");
  }

  @Test
  void doesNotFollowToAnotherHost() {
    endpoint.answer(text(307, "", "Location", "http://127.0.0.1:1/"));

    assertRefused("HTTP status 307", "without an error of the service");
  }

  @ParameterizedTest
  @ValueSource(ints = {-7200, -250, 250, 7200})
  void correctsAClockThatIsWrong(int seconds) throws Exception {
    calls = calls(endpoint.url(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds)));
    endpoint.answer(error("InvalidSignatureException", "Signature expired"));

    call();
    call();

    assertThat(endpoint.requests()).hasSize(3);
    for (Request corrected : endpoint.requests().subList(1, 3)) {
      assertThat(Duration.between(Instant.now(), time(corrected)).abs())
          .isLessThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void doesNotBlameAClockThatIsRight() {
    calls = calls(endpoint.url(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3)));
    endpoint.answer(error("InvalidSignatureException", "no match"));

    assertRefused("InvalidSignatureException", "no match");

    assertThat(endpoint.requests()).hasSize(1);
  }

  @Test
  void usesAConnectionAgain() throws Exception {
    call();
    call();

    assertThat(endpoint.requests().get(0).port()).isEqualTo(endpoint.requests().get(1).port());
  }

  @Test
  void doesNotUseAConnectionAgainThatFailed() throws Exception {
    endpoint.answer(silence());
    assertNoAnswer(in(0.2));

    call();

    assertThat(endpoint.requests().get(0).port()).isNotEqualTo(endpoint.requests().get(1).port());
  }

  @Test
  void endsWithItsDeadlineWhenTheEndpointIsSilent() {
    endpoint.answer(silence(), silence(), silence());
    Instant start = Instant.now();

    assertThat(assertNoAnswer(in(0.3))).isInstanceOf(SocketTimeoutException.class);

    assertThat(Instant.now()).isBefore(start.plusSeconds(10));
  }

  @Test
  void endsWithItsDeadlineWhenTheAnswerNeverEnds() {
    endpoint.answer(drip(), drip(), drip());
    Instant start = Instant.now();

    assertThat(assertNoAnswer(in(0.3))).isInstanceOf(SocketTimeoutException.class);

    assertThat(Instant.now()).isBefore(start.plusSeconds(10));
  }

  @Test
  void doesNotBeginWhenTheTimeIsOver() {
    assertThat(assertNoAnswer(in(-1))).isInstanceOf(SocketTimeoutException.class);

    assertThat(endpoint.requests()).isEmpty();
  }

  @Test
  void takesNoAnswerWithoutEnd() {
    endpoint.answer(
        text(200, " ".repeat(2_000_000)),
        text(200, " ".repeat(2_000_000)),
        text(200, " ".repeat(2_000_000)));

    assertThat(assertNoAnswer(in(20))).hasMessageContaining("larger than");
  }

  @Test
  void saysThatNobodyIsThere() {
    endpoint.close();

    assertThat(assertNoAnswer(in(10))).hasMessageContaining("CONNECTION_REFUSED");
  }

  @Test
  void saysThatTheNameIsUnknown() {
    calls = calls(URI.create("http://no-such-host.invalid"), Clock.systemUTC());

    assertThat(assertNoAnswer(in(10))).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void quotesNothingOfAnAnswerThatItCannotRead() {
    endpoint.answer(
        text(200, "{\"SecretString\":\"hunter2\""),
        text(200, "{\"SecretString\":\"hunter2\""),
        text(200, "{\"SecretString\":\"hunter2\""));

    assertThat(Failures.print(assertNoAnswer(in(10)))).doesNotContain("hunter2");
  }

  @Test
  void passesAnInterruptOn() {
    endpoint.answer(silence());
    Thread.currentThread().interrupt();

    assertThat(assertNoAnswer(in(10))).hasMessageContaining("interrupted");

    assertThat(Thread.interrupted()).isTrue();
  }

  private String call() throws Exception {
    return Json.write(calls.call("DescribeSecret", new LinkedHashMap<>(), in(20)));
  }

  private void assertRefused(String code, String said) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(this::call)
        .satisfies(
            refused -> {
              assertThat(refused.code()).isEqualTo(code);
              assertThat(refused.said()).isEqualTo(said);
            });
  }

  private IOException assertNoAnswer(Instant deadline) {
    return assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> calls.call("DescribeSecret", new LinkedHashMap<>(), deadline))
        .actual();
  }

  private static Instant in(double seconds) {
    return Instant.now().plusMillis((long) (seconds * 1_000));
  }

  private static Instant time(Request request) {
    return AMZ_DATE.parse(request.date(), Instant::from);
  }
}
