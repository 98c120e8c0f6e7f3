package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.Step;
import io.github.keyturn.local.RotationFunction;

/** A function that can be made to die when a step begins. */
final class CrashingFunction implements RotationFunction {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RotationFunction function;
  private volatile boolean crashing;

  CrashingFunction(RotationFunction function) {
    this.function = function;
  }

  /** From now on nothing comes after setSecret. */
  void crashAfterSet(boolean crash) {
    crashing = crash;
  }

  @Override
  public void invoke(byte[] event) throws Exception {
    String step = JSON.readTree(event).path("Step").asText();
    if (crashing && step.equals(Step.TEST.wireName())) {
      throw new CrashException();
    }
    function.invoke(event);
  }

  /** The crash. */
  static final class CrashException extends Exception {
    private static final long serialVersionUID = 1;

    CrashException() {
      super("the function died here (this crash is part of the demo)");
    }
  }
}
