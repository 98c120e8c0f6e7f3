package io.github.keyturn;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A secret value. {@link #reveal()} is the only way out; {@code toString} shows nothing. */
public final class Secret {

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Takes a value in. */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /** The value in the clear, for the one place that hands it to the target. */
  public String reveal() {
    return value;
  }

  /** Compares in constant time. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  private byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "***";
  }
}
