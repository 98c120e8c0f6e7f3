package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AmazonRootsTest {

  private final List<X509Certificate> roots = read();

  @Test
  @DisplayName("Whom we believe first, the JVM believes too")
  void areAmongTheAuthoritiesOfTheJvm() throws Exception {
    TrustManagerFactory jvm =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    jvm.init((KeyStore) null);
    X509TrustManager manager = (X509TrustManager) jvm.getTrustManagers()[0];

    assertThat(manager.getAcceptedIssuers()).containsAll(roots);
  }

  @Test
  void areThoseOfAmazonTrustServices() {
    assertThat(roots)
        .extracting(root -> root.getSubjectX500Principal().getName())
        .allMatch(name -> name.contains("O=Amazon") || name.contains("Starfield Services"))
        .hasSize(5)
        .doesNotHaveDuplicates();
  }

  @Test
  void areGoodForAWhile() throws Exception {
    Date inTwoYears = Date.from(Instant.now().plus(Duration.ofDays(730)));
    for (X509Certificate root : roots) {
      root.checkValidity(inTwoYears);
      root.verify(root.getPublicKey());
    }
  }

  private static List<X509Certificate> read() {
    try (InputStream in =
        Objects.requireNonNull(CrtHttp.class.getResourceAsStream("amazon-roots.pem"))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
