package io.github.keyturn.http;

/**
 * The id of the key in a value of the secret, as far as it can be told.
 *
 * @param text the id, or empty
 * @param isKnown whether it is certain; an unknown id may be any
 */
record KeyId(String text, boolean isKnown) {

  /** Nobody says it. */
  static final KeyId UNKNOWN = new KeyId("", false);

  /** The provider refuses the value, so it is no key's. */
  static final KeyId NONE = new KeyId("", true);

  static KeyId of(String id) {
    return new KeyId(id, true);
  }

  boolean is(String id) {
    return !text.isEmpty() && text.equals(id);
  }

  boolean exists() {
    return !text.isEmpty();
  }
}
