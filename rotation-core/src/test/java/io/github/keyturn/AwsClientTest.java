package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.AwsClient.Connection;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwsClientTest {

  private static final Map<String, String> FUNCTION =
      Map.of(
          "AWS_REGION", "eu-west-1", "AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret");
  private static final RotationSettings NO_SETTINGS = RotationSettings.from(Map.of());
  private static final String PROXY = "http://user:hunter2@proxy.example.com:3128";

  @Test
  void talksToTheServiceItself() {
    Connection connection = AwsClient.connect(NO_SETTINGS, FUNCTION);

    assertThat(connection.store()).isInstanceOf(AwsSecretStore.class);
    assertThat(connection.note()).isNull();
  }

  @Test
  void leavesItToTheSdkWhereItIsTold() {
    Connection connection =
        AwsClient.connect(
            RotationSettings.from(Map.of("SECRETS_MANAGER_CLIENT", "sdk")), FUNCTION, () -> {});

    assertThat(connection.store()).isInstanceOf(SdkSecretStore.class);
    assertThat(connection.note()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"})
  void leavesAProxyToTheSdkAndSaysSo(String variable) {
    Map<String, String> behindProxy = new HashMap<>(FUNCTION);
    behindProxy.put(variable, PROXY);

    Connection connection = AwsClient.connect(NO_SETTINGS, behindProxy);

    assertThat(connection.store()).isInstanceOf(SdkSecretStore.class);
    assertThat(connection.note())
        .contains(variable + " is set", "SECRETS_MANAGER_CLIENT=SDK")
        .doesNotContain("hunter2");
  }

  @Test
  void leavesAProxyOfTheJvmToTheSdk() {
    System.setProperty("https.proxyHost", "proxy.example.com");
    try {
      Connection connection = AwsClient.connect(NO_SETTINGS, FUNCTION);

      assertThat(connection.store()).isInstanceOf(SdkSecretStore.class);
      assertThat(connection.note()).contains("https.proxyHost");
    } finally {
      System.clearProperty("https.proxyHost");
    }
  }

  @Test
  void saysWhyTheNativeLibraryDoesNotLoad() {
    Connection connection =
        AwsClient.connect(
            NO_SETTINGS,
            FUNCTION,
            () -> {
              throw new UnsatisfiedLinkError("no aws-crt-jni for s390x");
            });

    assertThat(connection.store()).isInstanceOf(SdkSecretStore.class);
    assertThat(connection.note()).contains("UnsatisfiedLinkError: no aws-crt-jni for s390x");
  }
}
