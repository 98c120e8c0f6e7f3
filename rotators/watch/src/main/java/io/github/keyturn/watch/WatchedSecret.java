package io.github.keyturn.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/**
 * How the rotation of a secret stands.
 *
 * @param due by when Secrets Manager wants to have rotated it; absent if its rotation is off
 * @param rotated when it was rotated last, or else created
 * @param enabled whether its rotation is on
 * @param unfinished whether a version waits that never became AWSCURRENT
 */
record WatchedSecret(
    String arn, Optional<Instant> due, Instant rotated, boolean enabled, boolean unfinished) {

  /** A window may last a day, and Secrets Manager tries again within it. */
  private static final Duration GRACE = Duration.ofDays(1);

  private static final String CURRENT = "AWSCURRENT";
  private static final String PENDING = "AWSPENDING";

  static WatchedSecret of(SecretListEntry entry) {
    return new WatchedSecret(
        entry.arn(),
        Optional.ofNullable(entry.nextRotationDate()),
        Optional.ofNullable(entry.lastRotatedDate()).orElse(entry.createdDate()),
        Boolean.TRUE.equals(entry.rotationEnabled()),
        entry.secretVersionsToStages().values().stream()
            .anyMatch(labels -> labels.contains(PENDING) && !labels.contains(CURRENT)));
  }

  boolean overdue(Instant now) {
    return due.filter(date -> date.plus(GRACE).isBefore(now)).isPresent();
  }

  Duration age(Instant now) {
    return Duration.between(rotated, now);
  }

  /** What a person should look at, in words. */
  List<String> problems(Instant now) {
    List<String> problems = new ArrayList<>();
    if (overdue(now)) {
      problems.add("should have been rotated by " + due.orElseThrow());
    }
    if (unfinished) {
      problems.add("has a version that is AWSPENDING and never became AWSCURRENT");
    }
    if (!enabled) {
      problems.add("names a rotation function, but its rotation is switched off");
    }
    return problems;
  }

  /** The line of a problem in the log. */
  Map<String, Object> line(String problem, Instant now) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("timestamp", now.truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", "WARN");
    line.put("secret", arn);
    line.put("problem", problem);
    return line;
  }
}
