package io.github.keyturn;

import java.io.IOException;
import java.io.InputStream;
import java.net.IDN;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.time.Instant;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/**
 * Runs what a rotation will need of the JVM's cryptography, on constants and on keys that are
 * thrown away, so that it is initialised and compiled already. It talks to nobody.
 */
final class Rehearsal {

  private static final int ITERATIONS = 4096;
  private static final int KEY_BITS = 256;
  private static final int SALT_BYTES = 16;
  private static final int TAG_BITS = 128;
  private static final int NONCE_BYTES = 12;

  /** A bit longer than the JVM keeps what it has read from the kernel's random numbers. */
  private static final int FORGETTING_MILLIS = 150;

  private Rehearsal() {}

  static void run() throws GeneralSecurityException, IOException {
    TlsRehearsal.run();
    readCertificates();
    deriveKey();
    encrypt();
    formatAsDriversDo();
    readCredentials();
    sign();
    forgetRandomNumbers();
  }

  /** Amazon's authorities have RSA keys and keys on curves, which sign themselves. */
  private static void readCertificates() throws GeneralSecurityException, IOException {
    try (InputStream roots = CrtHttp.class.getResourceAsStream(CrtHttp.AMAZON_ROOTS)) {
      if (roots != null) {
        for (Certificate root :
            CertificateFactory.getInstance("X.509").generateCertificates(roots)) {
          root.verify(root.getPublicKey());
        }
      }
    }
  }

  /** As a login with SCRAM does. */
  private static void deriveKey() throws GeneralSecurityException {
    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(
            new PBEKeySpec("rehearsal".toCharArray(), new byte[SALT_BYTES], ITERATIONS, KEY_BITS));
  }

  private static void encrypt() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(new byte[KEY_BITS / Byte.SIZE], "AES"),
        new GCMParameterSpec(TAG_BITS, new byte[NONCE_BYTES]));
    cipher.doFinal(new byte[SALT_BYTES]);
  }

  /** pgjdbc parses its server's version, compares host names and keeps a calendar. */
  private static void formatAsDriversDo() {
    NumberFormat.getIntegerInstance(Locale.getDefault()).parse("1", new ParsePosition(0));
    IDN.toASCII("localhost");
    Calendar unused = new GregorianCalendar(Locale.getDefault());
  }

  /** As the SDK reads them from the address that Lambda names. */
  private static void readCredentials() {
    JsonNode.parser().parse("{\"AccessKeyId\":\"rehearsal\"}").asObject();
    Instant.parse("2000-01-01T00:00:00Z");
  }

  private static void sign() {
    URI url = URI.create("https://localhost");
    new RequestSigner(url, "rehearsal")
        .headers(
            "rehearsal",
            new byte[0],
            new Caller("rehearsal", Secret.of("rehearsal"), null),
            Instant.EPOCH);
  }

  /**
   * What the JVM has read ahead of the kernel's random numbers it uses for a tenth of a second;
   * after that, a restored function reads its own.
   */
  private static void forgetRandomNumbers() {
    try {
      Thread.sleep(FORGETTING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
