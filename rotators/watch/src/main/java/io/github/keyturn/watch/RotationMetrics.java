package io.github.keyturn.watch;

import io.github.keyturn.internal.Json;
import io.github.keyturn.internal.Json.NumberLiteral;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of some secrets, in the form from which CloudWatch makes metrics.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">Embedded
 *     metric format</a>
 */
final class RotationMetrics {

  static final String NAMESPACE = "Keyturn";
  static final String DIMENSION = "Stack";
  static final String OVERDUE = "OverdueSecrets";
  static final String UNFINISHED = "UnfinishedRotations";
  static final String SWITCHED_OFF = "SwitchedOffRotations";
  static final String OLDEST = "DaysSinceLastRotation";

  private static final double SECONDS_PER_DAY = Duration.ofDays(1).toSeconds();

  private RotationMetrics() {}

  static String line(List<WatchedSecret> secrets, String stack, Instant now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            number(now.toEpochMilli()),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace", NAMESPACE,
                    "Dimensions", List.of(List.of(DIMENSION)),
                    "Metrics",
                        List.of(
                            metric(OVERDUE),
                            metric(UNFINISHED),
                            metric(SWITCHED_OFF),
                            metric(OLDEST))))));
    line.put(DIMENSION, stack);
    line.put(OVERDUE, number(count(secrets, secret -> secret.overdue(now))));
    line.put(UNFINISHED, number(count(secrets, WatchedSecret::unfinished)));
    line.put(SWITCHED_OFF, number(count(secrets, secret -> !secret.enabled())));
    line.put(OLDEST, new NumberLiteral(oldest(secrets, now)));
    return Json.write(line);
  }

  private static Map<String, Object> metric(String name) {
    return Map.of("Name", name);
  }

  private static NumberLiteral number(long value) {
    return new NumberLiteral(String.valueOf(value));
  }

  private interface Question {
    boolean ask(WatchedSecret secret);
  }

  private static long count(List<WatchedSecret> secrets, Question question) {
    return secrets.stream().filter(question::ask).count();
  }

  private static String oldest(List<WatchedSecret> secrets, Instant now) {
    Duration age =
        secrets.stream()
            .map(secret -> secret.age(now))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return String.format(Locale.ROOT, "%.2f", age.toSeconds() / SECONDS_PER_DAY);
  }
}
