package io.github.keyturn.http;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Where the value of a placeholder comes from. */
enum Source {
  /** A field of the secret. */
  SECRET("secret"),
  /** A field of the superuser secret; in logins only. */
  ADMIN("admin"),
  /** A setting of the function. */
  SETTING("setting"),
  /** What the operation {@code describe} has extracted. */
  DESCRIBED("described"),
  /** The key that an operation is about: {@code id} or {@code value}. */
  KEY("key"),
  /** When the new key shall expire: {@code date}, {@code time}, {@code hours}, {@code seconds}. */
  EXPIRY("expiry"),
  /** The new key's name, written without a field. */
  NAME("name");

  private final String word;

  Source(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  static Optional<Source> of(String word) {
    return Arrays.stream(values()).filter(source -> source.word.equals(word)).findFirst();
  }

  static String words(Set<Source> sources) {
    return Arrays.stream(values())
        .filter(sources::contains)
        .map(source -> source == NAME ? "${name}" : "${%s.…}".formatted(source.word))
        .collect(Collectors.joining(", "));
  }
}
