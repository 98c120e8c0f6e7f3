package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.TLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same, over TLS with certificates of an authority of our own. */
class DirectStoreOverTlsTest extends AwsStoreBehaviour {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit makes it
  static Path folder;

  @SuppressWarnings("NullAway.Init") // made before the first test
  private static TestAuthority authority;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = TestAuthority.make(folder);
  }

  @Override
  LocalEndpoint listen(LocalSecretsManager secretsManager) throws Exception {
    return secretsManager.listen(0, authority.server("ip:127.0.0.1"));
  }

  @Override
  SecretStore connect(RotationSettings settings) {
    return AwsSecretStore.connect(settings, believing(authority.certificate()));
  }

  private static Map<String, String> believing(Path authorities) {
    Map<String, String> environment = new HashMap<>(FUNCTION);
    environment.put("AWS_CA_BUNDLE", authorities.toString());
    return environment;
  }

  @Test
  @DisplayName("Neither Amazon's authorities nor those of the machine have signed it")
  void refusesACertificateOfAnUnknownAuthority() {
    SecretStore unbelieving = AwsSecretStore.connect(settings(endpoint()), FUNCTION);

    assertFails(TLS, () -> unbelieving.readCurrent(secret()));

    assertThat(secretsManager.faults().calls()).doesNotContain("GetSecretValue");
  }

  @Test
  void refusesACertificateOfAnotherHost() throws Exception {
    LocalEndpoint other = secretsManager.listen(0, authority.server("dns:example.com"));

    assertFails(TLS, () -> connect(settings(other)).readCurrent(secret()));

    assertThat(secretsManager.faults().calls()).doesNotContain("GetSecretValue");
  }

  @Test
  void saysThatTheBundleHoldsNoCertificate() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "no certificate");
    SecretStore confused = AwsSecretStore.connect(settings(endpoint()), believing(empty));

    assertThat(assertFails(MISCONFIGURED, () -> confused.readCurrent(secret())))
        .contains("AWS_CA_BUNDLE", empty.toString());
  }

  @Test
  @DisplayName("Amazon's own authorities come first, and then those of the machine")
  void looksFurtherThanAmazonsAuthorities() {
    CrtHttp http = new CrtHttp(endpoint().url(), null, true);

    assertThatExceptionOfType(SSLException.class)
        .isThrownBy(() -> http.post(Map.of(), new byte[0], Instant.now().plusSeconds(20)));

    assertThat(http.believesAmazonOnly()).isFalse();
  }

  @Test
  @DisplayName("The JVM finds nothing wrong with it, so it is not taken for a wrong certificate")
  void triesAgainAfterAHandshakeThatTookTooLong() throws Exception {
    try (SlowWay way = new SlowWay(endpoint().url(), 1, Duration.ofSeconds(5))) {
      assertThat(through(way).describe(secret()).arn()).isEqualTo(secret());
    }
  }

  @Test
  @DisplayName("More handshakes than a client has connections come to their end too late")
  void losesNoConnectionThatComesTooLate() throws Exception {
    int connections = 16;
    try (SlowWay way = new SlowWay(endpoint().url(), connections, Duration.ofMillis(3_200))) {
      CrtHttp http = new CrtHttp(way.url(), authority.certificate());
      ExecutorService threads = Executors.newFixedThreadPool(connections);
      List<Future<HttpAnswer>> late =
          threads.invokeAll(Collections.nCopies(connections, () -> post(http)));
      threads.shutdown();
      assertThat(late).anySatisfy(answer -> assertThat(answer).failsWithin(Duration.ofMinutes(1)));

      assertThat(post(http).status()).as("no signature").isEqualTo(403);
    }
  }

  private static HttpAnswer post(CrtHttp http) throws IOException {
    return http.post(Map.of(), new byte[0], Instant.now().plusSeconds(20));
  }

  private SecretStore through(SlowWay way) {
    return connect(RotationSettings.from(Map.of("SECRETS_MANAGER_ENDPOINT", way.url().toString())));
  }
}
