package io.github.keyturn.redis;

import io.github.keyturn.RotationSettings;

/**
 * The environment variables of this module.
 *
 * @param closeOldConnections {@value #CLOSE_OLD_CONNECTIONS}: {@code true} closes the user's
 *     connections when an old password ends
 * @param allowUnsaved {@value #ALLOW_UNSAVED}: {@code true} rotates on servers that can't save
 *     their users, so that a restart brings the old passwords back
 */
record RedisSettings(boolean closeOldConnections, boolean allowUnsaved) {

  static final String CLOSE_OLD_CONNECTIONS = "REDIS_CLOSE_OLD_CONNECTIONS";
  static final String ALLOW_UNSAVED = "REDIS_ALLOW_UNSAVED";

  static RedisSettings of(RotationSettings settings) {
    return new RedisSettings(
        settings.flag(CLOSE_OLD_CONNECTIONS, false), settings.flag(ALLOW_UNSAVED, false));
  }
}
