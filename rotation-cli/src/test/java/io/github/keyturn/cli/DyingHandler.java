package io.github.keyturn.cli;

import io.github.keyturn.RotationHandler;

/** Dies in its first step. */
public final class DyingHandler extends RotationHandler {

  /** For the command. */
  public DyingHandler() {
    super(new DyingRotator());
  }
}
