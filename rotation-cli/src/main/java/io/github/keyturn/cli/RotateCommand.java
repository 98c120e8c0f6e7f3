package io.github.keyturn.cli;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code keyturn rotate}: the four steps of a handler, in this process, as the service runs them.
 */
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    description = {
      "Rotates a secret with a handler in this process, as Secrets Manager does with a function.",
      "The handler takes its settings from the environment, like the function.",
      "An earlier rotation that is not finished goes on, unless --new-token is given."
    })
final class RotateCommand implements Callable<Integer> {

  private static final String DEFAULT_HANDLER =
      "io.github.keyturn.postgres.PostgresSingleUserRotationHandler";
  private static final Duration STEP_TIMEOUT = Duration.ofMinutes(1);

  @Option(
      names = "--secret-id",
      required = true,
      paramLabel = "ID",
      description = "Name or ARN of the secret.")
  private String secretId;

  @Option(
      names = "--endpoint-url",
      paramLabel = "URL",
      description = "Secrets Manager endpoint. Default: that of the Region.")
  private Optional<String> endpointUrl;

  @Option(
      names = "--handler",
      paramLabel = "CLASS",
      defaultValue = DEFAULT_HANDLER,
      description = "The handler's class, as in the template. Default: ${DEFAULT-VALUE}.")
  private String handlerClass;

  @Option(
      names = "--new-token",
      description = "Starts a new rotation even if an earlier one is not finished.")
  private boolean newToken;

  @Option(names = "--verbose", description = "Prints the handler's log to standard error.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  RotateCommand() {}

  @Override
  public Integer call() throws Exception {
    endpointUrl.map(RotateCommand::url).ifPresent(AwsEnvironment::use);
    StagedVersion staged = new StagedVersion();
    RotationHandler handler = Handlers.create(handlerClass).onStore(staged::between);
    SecretDescription secret = staged.store().describe(secretId);
    String token = token(secret);
    staged.stage(token);

    Output output = new Output(spec.commandLine().getOut());
    output.headline("Rotating %s".formatted(secret.arn()));
    output.note("handler %s, version %s".formatted(handlerClass, token));
    HandlerFunction function = HandlerFunction.of(handler, STEP_TIMEOUT, log());
    for (Step step : Step.values()) {
      run(step, secret.arn(), token, function, staged, output);
    }
    return 0;
  }

  private static URI url(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null
        || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
      throw new Failures.UsageException(
          "--endpoint-url must be a URL such as http://127.0.0.1:4599, but is " + text);
    }
    return url;
  }

  /** Secrets Manager goes on with an unfinished rotation, and so do we. */
  private String token(SecretDescription secret) {
    Optional<String> unfinished =
        secret.versionWith("AWSPENDING").filter(version -> !secret.labelled(version, "AWSCURRENT"));
    return unfinished.filter(version -> !newToken).orElseGet(() -> UUID.randomUUID().toString());
  }

  private Consumer<String> log() {
    return verbose ? line -> spec.commandLine().getErr().println(line.strip()) : line -> {};
  }

  private static void run(
      Step step,
      String arn,
      String token,
      HandlerFunction function,
      StagedVersion staged,
      Output output)
      throws Exception {
    Instant start = Instant.now();
    try {
      function.invoke(HandlerFunction.event(step, arn, token));
    } catch (Exception e) {
      output.stepFailed(step, Duration.between(start, Instant.now()), "");
      throw e;
    }
    output.step(
        step, Duration.between(start, Instant.now()), staged.store().describe(arn).labels());
  }
}
