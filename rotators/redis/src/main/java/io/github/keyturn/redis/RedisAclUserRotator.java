package io.github.keyturn.redis;

import io.github.keyturn.RotationSettings;

/**
 * A user of Redis or Valkey has two passwords, the new one and AWSCURRENT's, from {@code setSecret}
 * to the next rotation, on every node of its deployment.
 *
 * <p>Passwords are set by their SHA-256 ({@code ACL SETUSER app resetpass #… #…}) and saved by the
 * means that the server has. The user changes itself, or a superuser does if the secret names one.
 */
public final class RedisAclUserRotator extends RedisRotator {

  /** With the settings of the function. */
  public RedisAclUserRotator(RotationSettings settings) {
    super(RedisStrategy.ACL_USER, settings);
  }
}
