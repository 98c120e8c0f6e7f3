package io.github.keyturn.mysql;

import io.github.keyturn.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What caching_sha2_password stores: {@code $A$}, the rounds in thousands (hexadecimal), 20
 * characters of salt, and the password's SHA-crypt with them.
 *
 * @see <a href="https://www.akkadia.org/drepper/SHA-crypt.txt">Unix crypt using SHA-256</a>
 */
final class Sha256Crypt {

  private static final Pattern STORED =
      Pattern.compile("\\$A\\$([0-9A-Fa-f]{3})\\$(.{20})(.{43})", Pattern.DOTALL);

  private static final int THOUSAND = 1_000;
  private static final int HEXADECIMAL = 16;
  private static final int LENGTH = 32;

  private static final String ALPHABET =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** SHA-crypt's own order of the bytes, three of them to four characters; two are left over. */
  private static final int[][] ORDER = {
    {0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14},
    {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}
  };

  private Sha256Crypt() {}

  static boolean matches(Secret password, String stored) {
    Matcher parts = STORED.matcher(stored);
    if (!parts.matches()) {
      return false;
    }
    String digest =
        crypt(
            password.reveal().getBytes(StandardCharsets.UTF_8),
            parts.group(2).getBytes(StandardCharsets.UTF_8),
            Integer.parseInt(parts.group(1), HEXADECIMAL) * THOUSAND);
    return MessageDigest.isEqual(
        digest.getBytes(StandardCharsets.UTF_8), parts.group(3).getBytes(StandardCharsets.UTF_8));
  }

  private static String crypt(byte[] key, byte[] salt, int rounds) {
    byte[] mixed = mixed(key, salt);
    byte[] keys = repeated(digest(many(key, key.length)), key.length);
    byte[] salts = repeated(digest(many(salt, 16 + (mixed[0] & 0xFF))), salt.length);
    byte[] result = mixed;
    for (int round = 0; round < rounds; round++) {
      boolean odd = round % 2 == 1;
      result =
          digest(
              odd ? keys : result,
              round % 3 == 0 ? new byte[0] : salts,
              round % 7 == 0 ? new byte[0] : keys,
              odd ? result : keys);
    }
    return encoded(result);
  }

  private static byte[] mixed(byte[] key, byte[] salt) {
    byte[] other = digest(key, salt, key);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(key);
    text.writeBytes(salt);
    text.writeBytes(repeated(other, key.length));
    for (int bits = key.length; bits > 0; bits >>= 1) {
      text.writeBytes((bits & 1) == 1 ? other : key);
    }
    return digest(text.toByteArray());
  }

  private static byte[] many(byte[] part, int times) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      text.writeBytes(part);
    }
    return text.toByteArray();
  }

  private static byte[] repeated(byte[] digest, int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = digest[i % LENGTH];
    }
    return text;
  }

  private static String encoded(byte[] digest) {
    StringBuilder text = new StringBuilder();
    for (int[] group : ORDER) {
      int first = bits(digest, group[0]) << 16;
      int second = bits(digest, group[1]) << 8;
      int bits = first | second | bits(digest, group[2]);
      append(text, bits, 4);
    }
    append(text, (bits(digest, 31) << 8) | bits(digest, 30), 3);
    return text.toString();
  }

  private static int bits(byte[] digest, int index) {
    return digest[index] & 0xFF;
  }

  private static void append(StringBuilder text, int bits, int characters) {
    int left = bits;
    for (int i = 0; i < characters; i++) {
      text.append(ALPHABET.charAt(left & 0x3F));
      left >>= 6;
    }
  }

  private static byte[] digest(byte[]... parts) {
    return PasswordPlugin.digest("SHA-256", parts);
  }
}
