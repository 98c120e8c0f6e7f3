package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;

/**
 * The value of a version.
 *
 * @param content the text, or the bytes in base64
 */
record StoredValue(Kind kind, Secret content) {

  /** The members of the protocol that carry a value. */
  enum Kind {
    TEXT("SecretString"),
    BINARY("SecretBinary");

    final String member;

    Kind(String member) {
      this.member = member;
    }
  }

  static StoredValue text(Secret content) {
    return new StoredValue(Kind.TEXT, content);
  }

  void putInto(ObjectNode response) {
    response.put(kind.member, content.reveal());
  }
}
