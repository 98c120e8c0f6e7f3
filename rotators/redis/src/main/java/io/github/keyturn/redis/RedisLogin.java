package io.github.keyturn.redis;

import io.github.keyturn.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A user and one of its passwords. */
record RedisLogin(String username, Secret password) {

  /** The user of those who name none. */
  static final String DEFAULT_USER = "default";

  /** The password in the only form in which a server keeps and shows it. */
  String hash() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(password.reveal().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
