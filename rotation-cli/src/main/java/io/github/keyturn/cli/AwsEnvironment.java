package io.github.keyturn.cli;

import java.net.URI;
import java.util.List;
import java.util.Set;

/** Region and credentials for an endpoint on this machine, which needs them only to sign. */
final class AwsEnvironment {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final String REGION = "us-east-1";
  private static final String KEY = "local";

  private AwsEnvironment() {}

  /** What a shell needs to reach the endpoint. Python's SDK reads AWS_DEFAULT_REGION only. */
  static List<String> exportLines(URI endpoint) {
    return List.of(
        "export AWS_ENDPOINT_URL_SECRETS_MANAGER=" + endpoint,
        "export AWS_REGION=" + REGION,
        "export AWS_DEFAULT_REGION=" + REGION,
        "export AWS_ACCESS_KEY_ID=" + KEY,
        "export AWS_SECRET_ACCESS_KEY=" + KEY);
  }

  /**
   * Points this process's handlers at an endpoint. Region and credentials are made up only for an
   * endpoint on this machine, and only where the environment has none.
   */
  static void use(URI endpoint) {
    System.setProperty("aws.endpointUrlSecretsManager", endpoint.toString());
    if (LOOPBACK.contains(endpoint.getHost())) {
      bypassProxies();
      if (isUnset("AWS_REGION") && isUnset("AWS_DEFAULT_REGION")) {
        setIfAbsent("aws.region", REGION);
      }
      if (isUnset("AWS_ACCESS_KEY_ID") && isUnset("AWS_PROFILE")) {
        setIfAbsent("aws.accessKeyId", KEY);
        setIfAbsent("aws.secretAccessKey", KEY);
      }
    }
  }

  /** Points this process's handlers at an endpoint of its own, whatever the user's profile is. */
  static void useOwn(URI endpoint) {
    System.setProperty("aws.endpointUrlSecretsManager", endpoint.toString());
    System.setProperty("aws.region", REGION);
    System.setProperty("aws.accessKeyId", KEY);
    System.setProperty("aws.secretAccessKey", KEY);
    bypassProxies();
  }

  /** Unlike the JDK, the SDK asks HTTP_PROXY for the way even to this machine. */
  private static void bypassProxies() {
    setIfAbsent("http.nonProxyHosts", "localhost|127.*|[::1]");
  }

  private static boolean isUnset(String variable) {
    String value = System.getenv(variable);
    return value == null || value.isBlank();
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
