package io.github.keyturn.cli;

import io.github.keyturn.RotationHandler;

/** Can't be made by its name. */
public final class HiddenHandler extends RotationHandler {
  private HiddenHandler() {
    super(new DyingRotator());
  }
}
