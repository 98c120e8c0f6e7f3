package io.github.keyturn.cli;

import io.github.keyturn.Step;
import io.github.keyturn.local.RotationResult;
import io.github.keyturn.local.RotationStep;

/** Shows rotations that somebody else asks for, whenever that is. */
final class RotationLog extends Progress {

  private final Output output;

  RotationLog(Output output) {
    super(output);
    this.output = output;
  }

  @Override
  public void stepStarted(RotationStep step) {
    if (step.step() == Step.CREATE) {
      output.headline("Rotating %s".formatted(step.secretArn()));
      output.note("version %s, attempt %d".formatted(step.token(), step.attempt()));
    }
    super.stepStarted(step);
  }

  @Override
  public void rotationEnded(RotationResult result) {
    String what = "%s %s".formatted(result.secretArn(), result.outcome());
    if (result.outcome() == RotationResult.Outcome.SUCCEEDED) {
      output.good(what);
    } else {
      output.bad("%s: %s".formatted(what, result.message()));
    }
  }
}
