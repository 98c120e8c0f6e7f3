package io.github.keyturn.local;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a secret is rotated, and when.
 *
 * @param enabled says nothing until RotateSecret has set rotation up
 * @param function the RotationLambdaARN as RotateSecret named it
 * @param token the rotation that is under way, or was last
 */
record RotationSetup(
    @Nullable Boolean enabled,
    @Nullable String function,
    @Nullable RotationRules rules,
    @Nullable Instant last,
    @Nullable Instant next,
    @Nullable String token) {

  static final RotationSetup NONE = new RotationSetup(null, null, null, null, null, null);

  RotationSetup enabled(boolean nowEnabled) {
    return new RotationSetup(nowEnabled, function, rules, last, next, token);
  }

  RotationSetup by(String newFunction, @Nullable RotationRules newRules, Instant now) {
    RotationRules effective = newRules == null ? rules : newRules;
    return new RotationSetup(enabled, newFunction, effective, last, next(effective, now), token);
  }

  RotationSetup started(String newToken) {
    return new RotationSetup(enabled, function, rules, last, next, newToken);
  }

  RotationSetup finished(Instant now) {
    return new RotationSetup(enabled, function, rules, now, next(rules, now), token);
  }

  /** A value stored by hand counts for the schedule, but is no rotation. */
  RotationSetup rescheduled(Instant now) {
    return Boolean.TRUE.equals(enabled)
        ? new RotationSetup(enabled, function, rules, last, next(rules, now), token)
        : this;
  }

  RotationSetup cancelled() {
    return new RotationSetup(false, function, rules, last, null, token);
  }

  private static @Nullable Instant next(@Nullable RotationRules rules, Instant now) {
    return rules == null ? null : rules.next(now).orElse(null);
  }
}
