package io.github.keyturn;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a TLS connection does not come about, by trying it in the JVM's own way: the native
 * way says nothing for half a minute.
 */
final class TlsProbe {

  private static final int STANDARD_PORT = 443;

  private TlsProbe() {}

  /** There is nothing wrong that the JVM could see: the next try may come about. */
  static final class PassingException extends SSLException {
    private static final long serialVersionUID = 1;

    PassingException(String message) {
      super(message);
    }
  }

  /**
   * Tries for at most this long.
   *
   * @param caBundle PEM file of the authorities to believe, in place of those of the JVM
   * @throws PassingException when a connection came about
   * @throws SSLException when TLS is what is wrong
   */
  static void explain(URI url, @Nullable Path caBundle, Duration atMost) throws SSLException {
    try (Socket socket = context(caBundle).getSocketFactory().createSocket()) {
      FutureTask<Boolean> probe = new FutureTask<>(() -> connect(socket, url));
      // a name that is looked up, and a peer that drips, know no time limit of ours
      Thread thread = new Thread(probe, "tls-probe");
      thread.setDaemon(true);
      thread.start();
      probe.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SSLException wrong) {
        throw wrong;
      }
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (IOException | GeneralSecurityException | TimeoutException e) {
      // not TLS then, as far as we know: what the caller knows already
      return;
    }
    throw new PassingException(
        "the handshake took too long, or the JVM believes the server's certificate and the machine"
            + " does not; if it stays, set AWS_CA_BUNDLE to a PEM file of the authority that signed"
            + " it");
  }

  private static Boolean connect(Socket socket, URI url) throws IOException {
    int port = url.getPort() == -1 ? STANDARD_PORT : url.getPort();
    socket.connect(new InetSocketAddress(url.getHost(), port));
    if (socket instanceof SSLSocket secure) {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
    }
    return true;
  }

  private static SSLContext context(@Nullable Path caBundle)
      throws GeneralSecurityException, IOException {
    if (caBundle == null) {
      return SSLContext.getDefault();
    }
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    try (InputStream in = Files.newInputStream(caBundle)) {
      int count = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        authorities.setCertificateEntry("authority" + count, authority);
        count++;
      }
    }
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trusted.getTrustManagers(), null);
    return context;
  }
}
