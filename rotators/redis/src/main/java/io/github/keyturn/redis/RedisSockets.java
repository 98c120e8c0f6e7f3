package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Opens sockets to nodes, over verified TLS unless the secret or a setting says otherwise. */
final class RedisSockets {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

  private final Optional<Path> caBundle;
  private final boolean allowPlaintext;
  private @Nullable SSLSocketFactory tls;

  RedisSockets(RotationSettings settings) {
    this.caBundle = settings.tlsCaBundle();
    this.allowPlaintext = settings.allowPlaintext();
  }

  /**
   * A socket to a node, ready for its first command.
   *
   * @throws RotationException TLS when the node has none and must have it
   * @throws IOException when the node can't be reached, or proves to be another one
   */
  Socket open(RedisAddress address, RedisSecret where, Rotation rotation) throws IOException {
    if (where.tls() == RedisTls.OFF || isAllowedPlaintext(address, where, rotation)) {
      return connect(address, rotation);
    }
    Socket socket = connect(address, rotation);
    try {
      return handshake(socket, address.certificateName(), rotation);
    } catch (IOException e) {
      if (RedisErrors.isCertificateProblem(e)) {
        return byTheNameOfTheSecret(e, address, where, rotation);
      }
      if (answersInPlaintext(address, rotation)) {
        throw RedisErrors.withoutTls("Redis at " + address, e);
      }
      throw e;
    }
  }

  private boolean isAllowedPlaintext(RedisAddress address, RedisSecret where, Rotation rotation) {
    boolean allowed =
        allowPlaintext
            && where.tls() == RedisTls.UNLESS_ALLOWED
            && answersInPlaintext(address, rotation);
    if (allowed) {
      rotation.log(
          "connecting to %s WITHOUT TLS: the server has none and ALLOW_PLAINTEXT is set; switch TLS on at the server and remove ALLOW_PLAINTEXT"
              .formatted(address));
    }
    return allowed;
  }

  private static Socket connect(RedisAddress address, Rotation rotation) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(
          new InetSocketAddress(address.host(), address.port()),
          millis(rotation.timeLeft(), CONNECT_TIMEOUT));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Milliseconds, at least one: a socket takes none for "for ever". */
  private static int millis(Duration timeLeft, Duration longest) {
    return (int) Math.max(1, Math.min(timeLeft.toMillis(), longest.toMillis()));
  }

  private Socket handshake(Socket socket, String certificateName, Rotation rotation)
      throws IOException {
    try {
      socket.setSoTimeout(millis(rotation.timeLeft(), CONNECT_TIMEOUT));
      SSLSocket secure =
          (SSLSocket) tls().createSocket(socket, certificateName, socket.getPort(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return secure;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Nodes are found by addresses that often no certificate holds, and share one with the name that
   * the secret knows.
   */
  private Socket byTheNameOfTheSecret(
      IOException failure, RedisAddress address, RedisSecret where, Rotation rotation)
      throws IOException {
    String name = where.seed().host();
    if (name.equals(address.certificateName())) {
      throw failure;
    }
    Socket socket = connect(address, rotation);
    try {
      return handshake(socket, name, rotation);
    } catch (IOException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }

  /**
   * A port speaks one or the other, and says which to who asks without a login. A handshake would
   * not tell as fast: a server without TLS may wait for the end of what it takes for a command.
   */
  private static boolean answersInPlaintext(RedisAddress address, Rotation rotation) {
    try (Socket socket = connect(address, rotation)) {
      socket.setSoTimeout(millis(rotation.timeLeft(), PROBE_TIMEOUT));
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      int first = socket.getInputStream().read();
      return first == '+' || first == '-';
    } catch (IOException e) {
      return false;
    }
  }

  private synchronized SSLSocketFactory tls() {
    if (tls == null) {
      tls =
          caBundle.isPresent()
              ? trusting(caBundle.get())
              : (SSLSocketFactory) SSLSocketFactory.getDefault();
    }
    return tls;
  }

  private static SSLSocketFactory trusting(Path bundle) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate certificate : certificates(bundle)) {
        trusted.setCertificateEntry(String.valueOf(trusted.size()), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(bundle, e);
    }
  }

  private static Collection<? extends Certificate> certificates(Path bundle)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(bundle)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw unusable(bundle, null);
      }
      return certificates;
    }
  }

  private static RotationException unusable(Path bundle, @Nullable Exception cause) {
    return new RotationException(
        MISCONFIGURED,
        "TLS_CA_BUNDLE is '%s'; it must be a file of certificates in PEM form".formatted(bundle),
        cause);
  }
}
