package io.github.keyturn;

import java.util.List;
import java.util.Map;

/** The ways to talk to Secrets Manager, as {@code SECRETS_MANAGER_CLIENT} names them. */
enum AwsClient {
  /** In its own protocol: starts fast. */
  DIRECT,
  /** Through the SDK's generated client. */
  SDK;

  /** What the SDK's HTTP client follows, and the JVM's does not. */
  private static final List<String> PROXIES =
      List.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy");

  /** Makes the store; nothing is called yet. */
  static SecretStore connect(RotationSettings settings, Map<String, String> environment) {
    return settings.secretsManagerClient() == SDK || wantsProxy(environment) || !runtimeLoads()
        ? SdkSecretStore.connect(settings, environment)
        : AwsSecretStore.connect(settings, environment);
  }

  /** It is native, and there is not one for every machine. */
  private static boolean runtimeLoads() {
    try {
      CrtHttp.load();
      return true;
    } catch (LinkageError | RuntimeException e) {
      return false;
    }
  }

  static boolean wantsProxy(Map<String, String> environment) {
    for (String name : PROXIES) {
      if (!environment.getOrDefault(name, "").isBlank()) {
        return true;
      }
    }
    return false;
  }
}
