package io.github.keyturn.postgres;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: two PostgreSQL users take turns, set by a superuser. */
public final class PostgresAlternatingUsersRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public PostgresAlternatingUsersRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public PostgresAlternatingUsersRotationHandler(RotationSettings settings) {
    super(new PostgresAlternatingUsersRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public PostgresAlternatingUsersRotationHandler(RotationSettings settings, SecretStore store) {
    super(new PostgresAlternatingUsersRotator(settings), settings, store);
  }
}
