package io.github.keyturn;

import org.jspecify.annotations.Nullable;

/**
 * The last version that testSecret saw accepted. A warm finishSecret in the same function needs no
 * second read to know that the version has a value.
 */
final class ProvenVersion {

  private volatile @Nullable Version last;

  void remember(String secretId, String token) {
    last = new Version(secretId, token);
  }

  boolean remembers(String secretId, String token) {
    return new Version(secretId, token).equals(last);
  }

  private record Version(String secretId, String token) {}
}
