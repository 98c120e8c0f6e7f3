package io.github.keyturn;

import com.amazonaws.services.lambda.runtime.Context;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a step must be over, so that a failure is reported before Lambda ends the function. */
record Deadline(Instant instant) {

  private static final Duration LONGEST_INVOCATION = Duration.ofMinutes(15);
  private static final Duration LARGEST_RESERVE = Duration.ofSeconds(1);

  /** Keeps a fifth of the time for the report, at most a second. */
  static Deadline of(@Nullable Context context) {
    Duration left =
        context == null
            ? LONGEST_INVOCATION
            : Duration.ofMillis(context.getRemainingTimeInMillis());
    // not by dividedBy, which loads BigDecimal and all that it needs
    Duration fifth = Duration.ofMillis(left.toMillis() / 5);
    Duration reserve = fifth.compareTo(LARGEST_RESERVE) < 0 ? fifth : LARGEST_RESERVE;
    return new Deadline(Instant.now().plus(left).minus(reserve));
  }

  Duration left() {
    Duration left = Duration.between(Instant.now(), instant);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
