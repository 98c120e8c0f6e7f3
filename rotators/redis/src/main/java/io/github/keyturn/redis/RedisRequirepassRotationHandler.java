package io.github.keyturn.redis;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: the password of requirepass, on every node of Redis or Valkey. */
public final class RedisRequirepassRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public RedisRequirepassRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public RedisRequirepassRotationHandler(RotationSettings settings) {
    super(new RedisRequirepassRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public RedisRequirepassRotationHandler(RotationSettings settings, SecretStore store) {
    super(new RedisRequirepassRotator(settings), settings, store);
  }
}
