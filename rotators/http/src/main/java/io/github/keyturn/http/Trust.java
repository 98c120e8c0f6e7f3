package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates are believed, for a provider of one's own. */
final class Trust {

  private Trust() {}

  /** The authorities in this PEM file, and no others. */
  static SSLContext in(Path caBundle) {
    try (InputStream file = Files.newInputStream(caBundle)) {
      KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
      authorities.load(null, null);
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        authorities.setCertificateEntry("authority-" + authorities.size(), authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new RotationException(
          MISCONFIGURED,
          "TLS_CA_BUNDLE (%s) is no PEM file of certificates".formatted(caBundle),
          e);
    }
  }
}
