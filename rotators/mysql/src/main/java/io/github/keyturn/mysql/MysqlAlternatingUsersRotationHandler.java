package io.github.keyturn.mysql;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: two MySQL or MariaDB users take turns, set by a superuser. */
public final class MysqlAlternatingUsersRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public MysqlAlternatingUsersRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public MysqlAlternatingUsersRotationHandler(RotationSettings settings) {
    super(new MysqlAlternatingUsersRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public MysqlAlternatingUsersRotationHandler(RotationSettings settings, SecretStore store) {
    super(new MysqlAlternatingUsersRotator(settings), settings, store);
  }
}
