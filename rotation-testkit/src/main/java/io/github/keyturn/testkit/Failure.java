package io.github.keyturn.testkit;

import io.github.keyturn.RotationException;
import io.github.keyturn.Step;
import java.util.Optional;

/** A step that failed, as Secrets Manager sees it. */
record Failure(Step step, Throwable cause) {

  Optional<RotationException.Reason> reason() {
    return cause instanceof RotationException typed
        ? Optional.of(typed.reason())
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "%s fails (%s)".formatted(step.wireName(), cause.getMessage());
  }
}
