package io.github.keyturn;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who calls Secrets Manager. */
record Caller(String accessKeyId, Secret secretAccessKey, @Nullable Secret sessionToken) {

  /**
   * Whoever these variables name. Lambda gives a function's role by them, or by a local address
   * when it restores a snapshot; that one, and whoever else there is, the SDK finds.
   */
  static Supplier<Caller> of(Map<String, String> environment) {
    String accessKeyId = find(environment, "AWS_ACCESS_KEY_ID");
    String secretAccessKey = find(environment, "AWS_SECRET_ACCESS_KEY");
    String sessionToken = find(environment, "AWS_SESSION_TOKEN");
    if (accessKeyId == null || secretAccessKey == null) {
      return SdkCredentials.of(environment);
    }
    Caller caller =
        new Caller(
            accessKeyId,
            Secret.of(secretAccessKey),
            sessionToken == null ? null : Secret.of(sessionToken));
    return () -> caller;
  }

  private static @Nullable String find(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
