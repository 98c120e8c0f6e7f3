package io.github.keyturn.http;

import io.github.keyturn.Rotation;
import io.github.keyturn.SecretDocument;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The secret's versions, as whoever looks for leftovers sees them. */
interface Versions {

  String secretArn();

  /** The version that is being filled, if one is. */
  Optional<String> pending();

  /** The staging labels by version id. */
  Map<String, Set<String>> labels();

  /** A version's value. */
  Optional<SecretDocument> value(String version);

  static Versions of(Rotation rotation) {
    return new Versions() {
      @Override
      public String secretArn() {
        return rotation.secretId();
      }

      @Override
      public Optional<String> pending() {
        return Optional.of(rotation.token());
      }

      @Override
      public Map<String, Set<String>> labels() {
        return rotation.labels();
      }

      @Override
      public Optional<SecretDocument> value(String version) {
        return rotation.version(version);
      }
    };
  }
}
