package io.github.keyturn;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * A TLS connection of the JVM with itself, within its memory, with a key that nobody gets and a
 * certificate that nobody believes.
 */
final class TlsRehearsal {

  private static final int MOST_ROUNDS = 100;
  private static final char[] PASSWORD = "rehearsal".toCharArray();
  private static final int SEQUENCE = 0x30;
  private static final int BIT_STRING = 0x03;
  private static final int LONG_FORM = 0x80;
  private static final int BYTE = 8;
  private static final int LOW_BYTE = 0xff;
  private static final HexFormat HEX = HexFormat.of();

  /** Version 3 and serial number 1. */
  private static final byte[] VERSION = HEX.parseHex("a003020102020101");

  /** ecdsa-with-SHA256. */
  private static final byte[] ALGORITHM = HEX.parseHex("300a06082a8648ce3d040302");

  /** CN=r. */
  private static final byte[] NAME = HEX.parseHex("300c310a300806035504030c0172");

  private TlsRehearsal() {}

  static void run() throws GeneralSecurityException, IOException {
    SSLContext context = context();
    SSLEngine client = context.createSSLEngine("localhost", 443);
    client.setUseClientMode(true);
    SSLEngine server = context.createSSLEngine();
    server.setUseClientMode(false);
    ByteBuffer toServer = packet(client);
    ByteBuffer toClient = packet(client);
    ByteBuffer received = packet(client);
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < MOST_ROUNDS; i++) {
      advance(client, toClient, toServer, received);
      advance(server, toServer, toClient, received);
    }
    client.wrap(ByteBuffer.wrap("rehearsal".getBytes(US_ASCII)), toServer);
    toServer.flip();
    server.unwrap(toServer, received);
    if (received.position() == 0) {
      throw new SSLException("the rehearsal of TLS did not come to its end");
    }
  }

  private static ByteBuffer packet(SSLEngine engine) {
    return ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize());
  }

  private static void advance(SSLEngine engine, ByteBuffer from, ByteBuffer to, ByteBuffer received)
      throws IOException {
    HandshakeStatus status = engine.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_TASK) {
      engine.getDelegatedTask().run();
    } else if (status == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), to);
    } else {
      from.flip();
      engine.unwrap(from, received);
      from.compact();
    }
  }

  private static SSLContext context() throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Certificate certificate = certify(pair);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("key", pair.getPrivate(), PASSWORD, new Certificate[] {certificate});
    keys.setCertificateEntry("authority", certificate);
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  /** By hand, since the JDK has no API for it; see RFC 5280, 4.1. */
  private static Certificate certify(KeyPair pair) throws GeneralSecurityException {
    byte[] validity = der(SEQUENCE, utcTime("000101000000Z"), utcTime("490101000000Z"));
    byte[] content =
        der(SEQUENCE, VERSION, ALGORITHM, NAME, validity, NAME, pair.getPublic().getEncoded());
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(pair.getPrivate());
    signer.update(content);
    byte[] certificate =
        der(SEQUENCE, content, ALGORITHM, der(BIT_STRING, new byte[1], signer.sign()));
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(certificate));
  }

  private static byte[] utcTime(String time) {
    return der(0x17, time.getBytes(US_ASCII));
  }

  /** A value with its tag and length before it. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    int length = content.size();
    if (length < LONG_FORM) {
      value.write(length);
    } else {
      value.write(LONG_FORM + 2);
      value.write(length >> BYTE);
      value.write(length & LOW_BYTE);
    }
    value.writeBytes(content.toByteArray());
    return value.toByteArray();
  }
}
