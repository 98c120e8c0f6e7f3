package io.github.keyturn.http;

import io.github.keyturn.Rotation;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;

/** New values that we choose ourselves. */
final class ChosenValues {

  private static final String LIKE_JSON = "{[\"";

  private ChosenValues() {}

  /** The document with a new value; a bare string must not look like JSON. */
  static SecretDocument in(SecretDocument current, String field, Rotation rotation) {
    Secret value = rotation.newPassword();
    while (current.isBare() && LIKE_JSON.indexOf(value.reveal().charAt(0)) >= 0) {
      value = rotation.newPassword();
    }
    return current.with(field, value);
  }
}
