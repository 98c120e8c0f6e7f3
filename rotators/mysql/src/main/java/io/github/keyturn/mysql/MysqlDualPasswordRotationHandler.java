package io.github.keyturn.mysql;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: one user whose old and new password are both valid until the next rotation. */
public final class MysqlDualPasswordRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public MysqlDualPasswordRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public MysqlDualPasswordRotationHandler(RotationSettings settings) {
    super(new MysqlDualPasswordRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public MysqlDualPasswordRotationHandler(RotationSettings settings, SecretStore store) {
    super(new MysqlDualPasswordRotator(settings), settings, store);
  }
}
