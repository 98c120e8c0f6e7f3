package io.github.keyturn.http;

import io.github.keyturn.Secret;
import java.util.Optional;

/** A key as the provider lists it. */
record ProviderKey(String id, Optional<String> name, Optional<Secret> value) {

  /** For people: no value. */
  String label() {
    return name.orElse(id);
  }
}
