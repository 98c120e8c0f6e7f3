package io.github.keyturn.cli;

import io.github.keyturn.local.RotationListener;
import io.github.keyturn.local.RotationStep;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Shows each step as it ends, with the labels where they are then. */
class Progress implements RotationListener {

  private final Output output;
  private final Map<String, Instant> starts = new ConcurrentHashMap<>();

  Progress(Output output) {
    this.output = output;
  }

  @Override
  public void stepStarted(RotationStep step) {
    starts.put(step.secretArn(), Instant.now());
  }

  @Override
  public void stepSucceeded(RotationStep step) {
    output.step(step.step(), elapsed(step), step.labels());
  }

  @Override
  public void stepFailed(RotationStep step, Exception failure) {
    output.stepFailed(step.step(), elapsed(step), String.valueOf(failure.getMessage()));
  }

  private Duration elapsed(RotationStep step) {
    Instant now = Instant.now();
    return Duration.between(starts.getOrDefault(step.secretArn(), now), now);
  }
}
