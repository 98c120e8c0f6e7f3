package io.github.keyturn.mysql;

import io.github.keyturn.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** The ways of the servers to store a password that can be recomputed from the password. */
enum PasswordPlugin {
  /** An asterisk and the hexadecimal SHA-1 of the SHA-1. */
  NATIVE("mysql_native_password") {
    @Override
    String hash(Secret password) {
      byte[] once = digest("SHA-1", password.reveal().getBytes(StandardCharsets.UTF_8));
      return "*" + HexFormat.of().withUpperCase().formatHex(digest("SHA-1", once));
    }

    @Override
    boolean matches(Secret password, String stored) {
      return same(hash(password), stored.toUpperCase(Locale.ROOT));
    }
  },
  /** MariaDB's: the public key that belongs to the password. */
  ED25519("ed25519") {
    @Override
    String hash(Secret password) {
      return Ed25519.publicKey(password);
    }

    @Override
    boolean matches(Secret password, String stored) {
      return same(hash(password), stored);
    }
  },
  /** MySQL's: salted, so it can be recognised but is not the same twice. */
  CACHING_SHA2("caching_sha2_password") {
    @Override
    String hash(Secret password) {
      throw new UnsupportedOperationException("the server chooses the salt");
    }

    @Override
    boolean matches(Secret password, String stored) {
      return Sha256Crypt.matches(password, stored);
    }
  };

  private final String pluginName;

  PasswordPlugin(String pluginName) {
    this.pluginName = pluginName;
  }

  static Optional<PasswordPlugin> named(String name) {
    return Arrays.stream(values()).filter(plugin -> plugin.pluginName.equals(name)).findFirst();
  }

  /** The server's name for it. */
  String pluginName() {
    return pluginName;
  }

  /** What the server stores for this password. */
  abstract String hash(Secret password);

  /** Whether what the server has stored stands for this password. */
  abstract boolean matches(Secret password, String stored);

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] digest(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
