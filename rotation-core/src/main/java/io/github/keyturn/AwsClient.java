package io.github.keyturn;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ways to talk to Secrets Manager, as {@code SECRETS_MANAGER_CLIENT} names them. */
enum AwsClient {
  /** In its own protocol: starts fast. */
  DIRECT,
  /** Through the SDK's generated client. */
  SDK;

  /** What the SDK's HTTP client follows, and AWS's Common Runtime does not as we use it. */
  private static final String[] PROXIES = {
    "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"
  };

  private static final String[] PROXY_PROPERTIES = {"https.proxyHost", "http.proxyHost"};

  /**
   * A store, of which nothing is called yet.
   *
   * @param note why it is not the one that was asked for
   */
  record Connection(SecretStore store, @Nullable String note) {}

  static Connection connect(RotationSettings settings, Map<String, String> environment) {
    return connect(settings, environment, CrtHttp::load);
  }

  /** The same with another way to load the native library, for tests. */
  static Connection connect(
      RotationSettings settings, Map<String, String> environment, Runnable load) {
    if (settings.secretsManagerClient() == SDK) {
      return new Connection(SdkSecretStore.connect(settings, environment), null);
    }
    String obstacle = proxy(environment);
    if (obstacle == null) {
      obstacle = whyItDoesNotLoad(load);
    }
    return obstacle == null
        ? new Connection(AwsSecretStore.connect(settings, environment), null)
        : new Connection(
            SdkSecretStore.connect(settings, environment),
            "the SDK's client is used in place of DIRECT, and starts slower: "
                + obstacle
                + "; SECRETS_MANAGER_CLIENT=SDK stops this message");
  }

  /** It is native, and there is not one for every machine. */
  private static @Nullable String whyItDoesNotLoad(Runnable load) {
    try {
      load.run();
      return null;
    } catch (LinkageError | RuntimeException e) {
      return "the library of AWS's Common Runtime does not load here (%s)".formatted(e);
    }
  }

  /** Named, and not shown: a proxy's URL may hold a password. */
  private static @Nullable String proxy(Map<String, String> environment) {
    for (String name : PROXIES) {
      if (!environment.getOrDefault(name, "").isBlank()) {
        return name + " is set";
      }
    }
    for (String name : PROXY_PROPERTIES) {
      if (!System.getProperty(name, "").isBlank()) {
        return "the property " + name + " is set";
      }
    }
    return null;
  }
}
