package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import java.util.Locale;
import java.util.Optional;

/** What a secret's field {@code ssl} asks for. */
public enum Tls {
  /** {@code true}: TLS with a verified certificate and host name. */
  REQUIRED,
  /** Absent: the same, unless {@code ALLOW_PLAINTEXT} is set and the server has no TLS at all. */
  UNLESS_ALLOWED,
  /** {@code false}: the secret's owner chose a connection without TLS. */
  OFF;

  static Tls of(SecretDocument secret) {
    Optional<String> value = secret.find("ssl");
    if (value.isEmpty()) {
      return UNLESS_ALLOWED;
    }
    return switch (value.get().toLowerCase(Locale.ROOT)) {
      case "true" -> REQUIRED;
      case "false" -> OFF;
      default ->
          throw new RotationException(
              MISCONFIGURED,
              "the secret's field 'ssl' must be true or false; correct it, or remove it for TLS with a"
                  + " verified certificate");
    };
  }
}
