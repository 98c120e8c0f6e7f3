package io.github.keyturn.postgres;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: one PostgreSQL user changes its own password. */
public final class PostgresSingleUserRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public PostgresSingleUserRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public PostgresSingleUserRotationHandler(RotationSettings settings) {
    super(new PostgresSingleUserRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public PostgresSingleUserRotationHandler(RotationSettings settings, SecretStore store) {
    super(new PostgresSingleUserRotator(settings), settings, store);
  }
}
