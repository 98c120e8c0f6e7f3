package io.github.keyturn.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.internal.Json;
import io.github.keyturn.internal.Slf4j;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/**
 * Lambda handler, to be invoked by a schedule: looks at the secrets of this account and Region that
 * name certain rotation functions, writes their figures in CloudWatch's embedded metric format, and
 * a line for each secret that a person should look at. It reads no value.
 *
 * <p>{@code WATCHED_FUNCTIONS} is what the functions' ARNs begin with, {@code WATCH_NAME} the
 * metrics' dimension.
 */
public final class RotationWatchHandler implements RequestStreamHandler {

  static {
    Slf4j.expectNoProvider();
  }

  private final String functions;
  private final String name;
  private final SecretsManagerClient secretsManager;
  private final Clock clock;
  private final Consumer<String> log;

  /** With the settings of the environment. */
  public RotationWatchHandler() {
    this(RotationSettings.fromEnvironment());
  }

  private RotationWatchHandler(RotationSettings settings) {
    this(
        required(settings, "WATCHED_FUNCTIONS"),
        required(settings, "WATCH_NAME"),
        connect(settings),
        Clock.systemUTC(),
        System.out::println);
  }

  RotationWatchHandler(
      String functions,
      String name,
      SecretsManagerClient secretsManager,
      Clock clock,
      Consumer<String> log) {
    this.functions = functions;
    this.name = name;
    this.secretsManager = secretsManager;
    this.clock = clock;
    this.log = log;
  }

  private static String required(RotationSettings settings, String variable) {
    return settings
        .text(variable)
        .orElseThrow(
            () ->
                new RotationException(
                    Reason.MISCONFIGURED,
                    "%s is not set; template.yaml shows its value".formatted(variable)));
  }

  private static SecretsManagerClient connect(RotationSettings settings) {
    SecretsManagerClientBuilder builder =
        SecretsManagerClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder());
    settings.secretsManagerEndpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /** Writes the figures and the lines to the log, and the number of secrets as its answer. */
  @Override
  public void handleRequest(InputStream input, OutputStream output, @Nullable Context context)
      throws IOException {
    Instant now = clock.instant();
    List<WatchedSecret> secrets =
        secretsManager.listSecretsPaginator(request -> {}).stream()
            .flatMap(page -> page.secretList().stream())
            .filter(this::isOurs)
            .map(WatchedSecret::of)
            .toList();
    for (WatchedSecret secret : secrets) {
      secret.problems(now).forEach(problem -> log.accept(Json.write(secret.line(problem, now))));
    }
    log.accept(RotationMetrics.line(secrets, name, now));
    output.write(String.valueOf(secrets.size()).getBytes(UTF_8));
  }

  private boolean isOurs(SecretListEntry secret) {
    return Objects.requireNonNullElse(secret.rotationLambdaARN(), "").startsWith(functions);
  }
}
