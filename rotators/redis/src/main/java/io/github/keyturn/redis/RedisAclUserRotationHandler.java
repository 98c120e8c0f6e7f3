package io.github.keyturn.redis;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler: a user has two passwords on every node of Redis or Valkey. */
public final class RedisAclUserRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public RedisAclUserRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /** With these settings. */
  public RedisAclUserRotationHandler(RotationSettings settings) {
    super(new RedisAclUserRotator(settings), settings);
  }

  /** With a store of its own, for tests. */
  public RedisAclUserRotationHandler(RotationSettings settings, SecretStore store) {
    super(new RedisAclUserRotator(settings), settings, store);
  }
}
