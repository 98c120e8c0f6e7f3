package io.github.keyturn.http;

import io.github.keyturn.Secret;
import java.util.Optional;

/** A key as the provider lists it. */
record ProviderKey(String id, Optional<String> name, Optional<Secret> value) {

  private static final int LONGEST_LABEL = 120;

  /** For people: no value, and one line, since others choose the names of their keys. */
  String label() {
    String label = name.orElse(id).replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL) + "…";
  }
}
