package io.github.keyturn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.internal.Json;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Calls operations of Secrets Manager, in its own JSON protocol. What may pass is tried again, as
 * the SDK's standard mode does it: throttling, failures of the service and of the way to it, and a
 * clock that is wrong. That is safe, since all the operations that we use may run twice.
 *
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html">Retry
 *     behavior</a>
 */
final class SecretsManagerCalls {

  private static final int ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration PAUSE_WHEN_THROTTLED = Duration.ofSeconds(1);

  /** Signatures are good for five minutes; the SDK begins to doubt its clock a bit earlier. */
  private static final Duration TOLERATED_SKEW = Duration.ofMinutes(4);

  private static final Set<String> SKEW_CODES =
      Set.of(
          "AuthFailure",
          "InvalidSignatureException",
          "RequestExpired",
          "RequestInTheFuture",
          "RequestTimeTooSkewed",
          "SignatureDoesNotMatch");

  private static final Set<String> TRANSIENT_CODES =
      Set.of("InternalError", "RequestTimeout", "RequestTimeoutException");

  private static final int OK = 200;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int TOO_MANY_REQUESTS = 429;

  private final CrtHttp http;
  private final RequestSigner signer;
  private final Supplier<Caller> caller;
  private final Clock clock;
  private volatile Duration skew = Duration.ZERO;

  SecretsManagerCalls(CrtHttp http, RequestSigner signer, Supplier<Caller> caller, Clock clock) {
    this.http = http;
    this.signer = signer;
    this.caller = caller;
    this.clock = clock;
  }

  /** The service has said no. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean throttled;

    RefusedException(String code, String message, boolean throttled) {
      super(message);
      this.code = code;
      this.throttled = throttled;
    }

    String code() {
      return code;
    }

    String said() {
      return String.valueOf(getMessage());
    }

    boolean throttled() {
      return throttled;
    }
  }

  /**
   * Calls an operation with the members of its request; those without a value are left out.
   *
   * @return the members of the answer
   * @throws RefusedException when the service answers with an error that stays
   * @throws IOException when it does not answer in time
   */
  Map<String, @Nullable Object> call(
      String operation, Map<String, @Nullable Object> members, Instant deadline)
      throws RefusedException, IOException {
    byte[] body = Json.write(members).getBytes(UTF_8);
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt == ATTEMPTS;
      try {
        HttpAnswer answer = send(operation, body, deadline);
        if (answer.status() == OK) {
          return parse(answer);
        }
        RefusedException refusal = refusal(answer);
        if (last || !mayPass(refusal, answer) || !pause(attempt, refusal, deadline)) {
          throw refusal;
        }
      } catch (IOException e) {
        if (last || stays(e) || !pause(attempt, null, deadline)) {
          throw e;
        }
      }
    }
  }

  private HttpAnswer send(String operation, byte[] body, Instant deadline) throws IOException {
    Map<String, String> headers =
        signer.headers(
            "secretsmanager." + operation, body, caller.get(), clock.instant().plus(skew));
    return http.post(headers, body, deadline);
  }

  private static Map<String, @Nullable Object> parse(HttpAnswer answer) throws IOException {
    try {
      return Json.parseObject(answer.body());
    } catch (Json.NotJsonException e) {
      throw new IOException(
          "the answer with HTTP status %d %s".formatted(answer.status(), e.problem()));
    }
  }

  /**
   * What the service says is in {@code __type}, with a namespace before it or not; only what stands
   * between us and the service tells it by a status alone.
   */
  private static RefusedException refusal(HttpAnswer answer) {
    String code = "HTTP status " + answer.status();
    String message = "";
    try {
      Map<String, @Nullable Object> error = parse(answer);
      if (error.get("__type") instanceof String type) {
        code = type.substring(type.indexOf('#') + 1);
      }
      Object said = error.containsKey("Message") ? error.get("Message") : error.get("message");
      message = said == null ? "" : said.toString();
    } catch (IOException e) {
      message = "without an error of the service";
    }
    return new RefusedException(
        code, message, AwsErrors.isThrottling(code) || answer.status() == TOO_MANY_REQUESTS);
  }

  /** A certificate that is not believed now will not be the next time. */
  private static boolean stays(IOException failure) {
    return failure instanceof SSLException && !(failure instanceof TlsProbe.PassingException);
  }

  private boolean mayPass(RefusedException refusal, HttpAnswer answer) {
    return refusal.throttled()
        || answer.status() >= FIRST_SERVER_ERROR
        || TRANSIENT_CODES.contains(refusal.code())
        || (SKEW_CODES.contains(refusal.code()) && correctClock(answer.date()));
  }

  /** Whether the server's clock is so far from ours that this explains a refused signature. */
  private boolean correctClock(@Nullable String date) {
    if (date == null) {
      return false;
    }
    Instant serverTime;
    try {
      serverTime = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    } catch (DateTimeParseException e) {
      return false;
    }
    Duration difference = Duration.between(clock.instant(), serverTime);
    boolean explains = difference.minus(skew).abs().compareTo(TOLERATED_SKEW) > 0;
    if (explains) {
      skew = difference;
    }
    return explains;
  }

  /** Waits for a random part of a time that doubles; not if the deadline comes first. */
  private static boolean pause(int attempt, @Nullable RefusedException refusal, Instant deadline) {
    Duration base = refusal != null && refusal.throttled() ? PAUSE_WHEN_THROTTLED : PAUSE;
    long longest = base.toMillis() << (attempt - 1);
    long pause = ThreadLocalRandom.current().nextLong(longest + 1);
    if (Instant.now().plusMillis(pause).isAfter(deadline)) {
      return false;
    }
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
