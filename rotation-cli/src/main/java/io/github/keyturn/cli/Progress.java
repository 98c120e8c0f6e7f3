package io.github.keyturn.cli;

import io.github.keyturn.local.RotationListener;
import io.github.keyturn.local.RotationStep;
import java.time.Duration;
import java.time.Instant;

/** Shows each step as it ends, with the labels where they are then. */
final class Progress implements RotationListener {

  private final Output output;
  private Instant start = Instant.now();

  Progress(Output output) {
    this.output = output;
  }

  @Override
  public void stepStarted(RotationStep step) {
    start = Instant.now();
  }

  @Override
  public void stepSucceeded(RotationStep step) {
    output.step(step.step(), elapsed(), step.labels());
  }

  @Override
  public void stepFailed(RotationStep step, Exception failure) {
    output.stepFailed(step.step(), elapsed(), String.valueOf(failure.getMessage()));
  }

  private Duration elapsed() {
    return Duration.between(start, Instant.now());
  }
}
