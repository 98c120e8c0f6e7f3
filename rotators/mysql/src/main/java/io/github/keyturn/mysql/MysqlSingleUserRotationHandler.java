package io.github.keyturn.mysql;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: one MySQL or MariaDB user changes its own password. */
public final class MysqlSingleUserRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public MysqlSingleUserRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public MysqlSingleUserRotationHandler(RotationSettings settings) {
    super(new MysqlSingleUserRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public MysqlSingleUserRotationHandler(RotationSettings settings, SecretStore store) {
    super(new MysqlSingleUserRotator(settings), settings, store);
  }
}
