package io.github.keyturn.mysql;

import io.github.keyturn.Secret;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * What MariaDB's ed25519 stores: the public key whose private key is the password itself, of any
 * length, where RFC 8032 has 32 random bytes. The JDK makes only the latter.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8032#section-5.1">RFC 8032, Ed25519</a>
 */
final class Ed25519 {

  private static final BigInteger TWO = BigInteger.TWO;
  private static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121_665).multiply(BigInteger.valueOf(121_666).modInverse(P)).mod(P);
  private static final int KEY_BYTES = 32;

  private static final Point BASE =
      Point.of(
          new BigInteger(
              "15112221349535400772501151409588531511454012693041857206046113283949847762202"),
          BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P));

  private Ed25519() {}

  /** In Base64 without padding. */
  static String publicKey(Secret password) {
    byte[] digest =
        PasswordPlugin.digest("SHA-512", password.reveal().getBytes(StandardCharsets.UTF_8));
    byte[] scalar = Arrays.copyOf(digest, KEY_BYTES);
    scalar[0] &= (byte) 248;
    scalar[KEY_BYTES - 1] &= 63;
    scalar[KEY_BYTES - 1] |= 64;
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(BASE.times(new BigInteger(1, reversed(scalar))).encoded());
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] copy = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      copy[i] = bytes[bytes.length - 1 - i];
    }
    return copy;
  }

  /** In extended homogeneous coordinates, which need no division: section 5.1.4. */
  private record Point(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {

    private static final Point NEUTRAL = of(BigInteger.ZERO, BigInteger.ONE);

    static Point of(BigInteger x, BigInteger y) {
      return new Point(x, y, BigInteger.ONE, x.multiply(y).mod(P));
    }

    Point plus(Point other) {
      BigInteger a = y.subtract(x).multiply(other.y.subtract(other.x)).mod(P);
      BigInteger b = y.add(x).multiply(other.y.add(other.x)).mod(P);
      BigInteger c = t.multiply(TWO).multiply(D).multiply(other.t).mod(P);
      BigInteger d = z.multiply(TWO).multiply(other.z).mod(P);
      BigInteger e = b.subtract(a);
      BigInteger f = d.subtract(c);
      BigInteger g = d.add(c);
      BigInteger h = b.add(a);
      return new Point(
          e.multiply(f).mod(P), g.multiply(h).mod(P), f.multiply(g).mod(P), e.multiply(h).mod(P));
    }

    Point times(BigInteger scalar) {
      Point result = NEUTRAL;
      for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
        result = result.plus(result);
        if (scalar.testBit(bit)) {
          result = result.plus(this);
        }
      }
      return result;
    }

    byte[] encoded() {
      BigInteger inverse = z.modInverse(P);
      BigInteger affineX = x.multiply(inverse).mod(P);
      BigInteger affineY = y.multiply(inverse).mod(P);
      byte[] bigEndian = affineY.toByteArray();
      byte[] encoded = new byte[KEY_BYTES];
      for (int i = 0; i < Math.min(KEY_BYTES, bigEndian.length); i++) {
        encoded[i] = bigEndian[bigEndian.length - 1 - i];
      }
      if (affineX.testBit(0)) {
        encoded[KEY_BYTES - 1] |= (byte) 128;
      }
      return encoded;
    }
  }
}
