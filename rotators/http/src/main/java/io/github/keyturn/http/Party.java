package io.github.keyturn.http;

import io.github.keyturn.SecretDocument;
import java.util.Optional;

/**
 * On whose behalf a request is sent.
 *
 * @param secret the value of the secret whose login it is, or whose fields say what it is about
 * @param admin the superuser secret, for operations whose login uses it
 */
record Party(SecretDocument secret, Optional<SecretDocument> admin) {

  static Party of(SecretDocument secret) {
    return new Party(secret, Optional.empty());
  }
}
