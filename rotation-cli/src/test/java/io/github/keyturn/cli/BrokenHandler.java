package io.github.keyturn.cli;

import io.github.keyturn.RotationHandler;

/** Its constructor fails. */
public final class BrokenHandler extends RotationHandler {

  /** For the command. */
  public BrokenHandler() {
    super(new DyingRotator());
    throw new IllegalStateException("no provider is configured");
  }
}
