package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;

/**
 * The two users that alternate: the original and its clone, named as AWS's rotation functions name
 * it. A name proves nothing: that the two belong together must be shown at the server.
 *
 * @param originalUser the user that owns things
 * @param cloneUser the user that stands in for it
 */
public record UserPair(String originalUser, String cloneUser) {

  private static final String SUFFIX = "_clone";

  /**
   * The pair that a user name belongs to.
   *
   * @throws RotationException MISCONFIGURED when the engine can't hold the clone's name, or when
   *     the name is that of a clone's clone: it would take turns with a user of another pair
   */
  public static UserPair of(String username, Engine engine) {
    String original =
        isCloneName(username)
            ? username.substring(0, username.length() - SUFFIX.length())
            : username;
    if (isCloneName(original)) {
      throw new RotationException(
          MISCONFIGURED,
          "the username '%s' ends in '%s' twice, so it is the clone of a clone; let the secret name a user that ends in it once or not at all, or use the single-user strategy"
              .formatted(username, SUFFIX));
    }
    UserPair pair = new UserPair(original, original + SUFFIX);
    int length = engine.length(pair.cloneUser);
    if (length > engine.longestUsername()) {
      throw new RotationException(
          MISCONFIGURED,
          "the username is too long for alternating users: with '%s' it has %d %s and %s allows %d; use a shorter one, or the single-user strategy"
              .formatted(
                  SUFFIX, length, engine.unit().word(), engine.name(), engine.longestUsername()));
    }
    return pair;
  }

  private static boolean isCloneName(String username) {
    return username.endsWith(SUFFIX) && username.length() > SUFFIX.length();
  }

  /** The one of the two that is not this one. */
  public String other(String username) {
    return username.equals(originalUser) ? cloneUser : originalUser;
  }

  /** Whether this user is the clone of the two. */
  public boolean isClone(String username) {
    return username.equals(cloneUser);
  }
}
