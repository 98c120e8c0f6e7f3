package io.github.keyturn;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Finds out why a TLS connection does not come about, by trying it in the JVM's own way: the native
 * way says nothing for half a minute.
 */
final class TlsProbe {

  private static final int STANDARD_PORT = 443;

  private TlsProbe() {}

  /**
   * Tries for at most this long.
   *
   * @throws SSLException when TLS is what is wrong
   */
  static void explain(URI url, Duration atMost) throws SSLException {
    int millis = (int) Math.max(1, atMost.toMillis());
    int port = url.getPort() == -1 ? STANDARD_PORT : url.getPort();
    try (Socket socket = SSLSocketFactory.getDefault().createSocket()) {
      socket.connect(new InetSocketAddress(url.getHost(), port), millis);
      socket.setSoTimeout(millis);
      if (socket instanceof SSLSocket secure) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
      }
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      // not TLS then: what the caller knows already
      return;
    }
    throw new SSLException(
        "the JVM believes the server's certificate, but the machine does not; set AWS_CA_BUNDLE to a"
            + " PEM file of the authority that signed it");
  }
}
