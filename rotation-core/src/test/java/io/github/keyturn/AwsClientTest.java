package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwsClientTest {

  private static final Map<String, String> FUNCTION =
      Map.of(
          "AWS_REGION", "eu-west-1", "AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret");

  @Test
  void talksToTheServiceItself() {
    assertThat(connect(Map.of(), FUNCTION)).isInstanceOf(AwsSecretStore.class);
  }

  @Test
  void leavesItToTheSdkWhereItIsTold() {
    assertThat(connect(Map.of("SECRETS_MANAGER_CLIENT", "sdk"), FUNCTION))
        .isInstanceOf(SdkSecretStore.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"})
  void leavesAProxyToTheSdk(String variable) {
    Map<String, String> behindProxy = new java.util.HashMap<>(FUNCTION);
    behindProxy.put(variable, "http://proxy.example.com:3128");

    assertThat(connect(Map.of(), behindProxy)).isInstanceOf(SdkSecretStore.class);
  }

  private static SecretStore connect(
      Map<String, String> settings, Map<String, String> environment) {
    return AwsClient.connect(RotationSettings.from(settings), environment);
  }
}
