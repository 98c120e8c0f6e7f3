package io.github.keyturn;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import io.github.keyturn.internal.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of JSON for what a step did, and one for each thing that it has to say on its way. */
final class StepLog {

  /** The function's {@code LoggingConfig}, which nothing but Lambda sets. */
  private static final @Nullable String LAMBDA_FORMAT = System.getenv("AWS_LAMBDA_LOG_FORMAT");

  private final RotationRequest request;
  private final Redactor redactor;
  private final @Nullable Context context;

  StepLog(RotationRequest request, Redactor redactor, @Nullable Context context) {
    this.request = request;
    this.redactor = redactor;
    this.context = context;
  }

  void note(String message) {
    write(LogLevel.INFO, Map.of("note", redactor.clean(message)));
  }

  void done(RotationSteps.Outcome outcome, Duration duration) {
    Map<String, @Nullable Object> what = new LinkedHashMap<>();
    what.put("outcome", outcome.name());
    what.put("millis", millis(duration));
    write(LogLevel.INFO, what);
  }

  void failed(RotationException failure, Duration duration) {
    Map<String, @Nullable Object> what = new LinkedHashMap<>();
    what.put("outcome", "FAILED");
    what.put("reason", failure.reason().name());
    what.put("message", redactor.clean(failure.problem()));
    what.put("millis", millis(duration));
    write(LogLevel.ERROR, what);
  }

  /**
   * The runtime's logger would put its level before the line, or the line into a text of another
   * one, where no metric filter finds its fields. What is printed Lambda takes as it is; where all
   * is to be JSON, it looks at time and level.
   */
  private static void print(Context context, LogLevel level, Map<String, @Nullable Object> fields) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    if ("JSON".equals(LAMBDA_FORMAT)) {
      line.put("timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    }
    line.put("level", level.name());
    line.put("AWSRequestId", context.getAwsRequestId());
    line.putAll(fields);
    System.out.println(Json.write(line));
  }

  private static Json.NumberLiteral millis(Duration duration) {
    return new Json.NumberLiteral(String.valueOf(duration.toMillis()));
  }

  private void write(LogLevel level, Map<String, ? extends @Nullable Object> what) {
    if (context != null) {
      Map<String, @Nullable Object> line = new LinkedHashMap<>();
      line.put("secret", request.secretId());
      line.put("version", request.token());
      line.put("step", request.step().wireName());
      line.putAll(what);
      if (LAMBDA_FORMAT == null) {
        context.getLogger().log(Json.write(line) + "\n", level);
      } else {
        print(context, level, line);
      }
    }
  }
}
