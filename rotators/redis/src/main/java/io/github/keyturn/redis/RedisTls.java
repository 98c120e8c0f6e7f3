package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import java.util.Locale;

/** What a secret's field {@code ssl} asks for. */
enum RedisTls {
  /** {@code true}: TLS with a verified certificate and host name. */
  REQUIRED,
  /** Absent: the same, unless {@code ALLOW_PLAINTEXT} is set and the server has no TLS at all. */
  UNLESS_ALLOWED,
  /** {@code false}: the secret's owner chose a connection without TLS, passwords and all. */
  OFF;

  static RedisTls of(SecretDocument secret) {
    return secret
        .find("ssl")
        .map(
            value ->
                switch (value.toLowerCase(Locale.ROOT)) {
                  case "true" -> REQUIRED;
                  case "false" -> OFF;
                  default ->
                      throw new RotationException(
                          MISCONFIGURED,
                          "the secret's field 'ssl' must be true or false; correct it, or remove it"
                              + " for TLS with a verified certificate");
                })
        .orElse(UNLESS_ALLOWED);
  }
}
