package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretDocument;

/**
 * The password that {@code requirepass} gives to the default user, of servers without an ACL file.
 * The default user has two passwords, as any user has under {@link RedisAclUserRotator}, and {@code
 * requirepass} and {@code masterauth} have the new one.
 */
public final class RedisRequirepassRotator extends RedisRotator {

  /** With the settings of the function. */
  public RedisRequirepassRotator(RotationSettings settings) {
    super(RedisStrategy.REQUIREPASS, settings);
  }

  @Override
  RedisSecret read(SecretDocument secret) {
    RedisSecret redis = super.read(secret);
    String username = redis.login().username();
    if (!username.equals(RedisLogin.DEFAULT_USER)) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's username is '%s', but requirepass is the password of the user 'default'; remove 'username' from the secret, or attach %s"
              .formatted(username, RedisAclUserRotationHandler.class.getName()));
    }
    return redis;
  }
}
