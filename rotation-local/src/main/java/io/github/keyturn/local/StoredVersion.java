package io.github.keyturn.local;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A version without its labels, which belong to the secret.
 *
 * @param value none for the placeholder that RotateSecret makes
 * @param lastAccessed the service tells the day only
 */
record StoredVersion(
    @Nullable StoredValue value, Instant created, @Nullable LocalDate lastAccessed) {

  static StoredVersion placeholder(Instant created) {
    return new StoredVersion(null, created, null);
  }

  StoredVersion accessed(LocalDate day) {
    return new StoredVersion(value, created, day);
  }
}
