package io.github.keyturn.cli;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import java.net.URI;
import java.net.URISyntaxException;
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
    description = {
      "Rotates a secret with a handler in this process, step by step.",
      "The handler takes its settings from the environment, like the function:",
      "TLS_CA_BUNDLE, PASSWORD_LENGTH and so on. KEYTURN_CLASSPATH names the jars of",
      "handlers of your own.",
      "An earlier rotation that is not finished goes on, unless --new-token is given."
    },
    footer = "%nWithout --handler: " + RotateCommand.DEFAULT_HANDLER)
final class RotateCommand implements Callable<Integer> {

  static final String DEFAULT_HANDLER =
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
      description = "Secrets Manager endpoint. Default: as in the environment.")
  private Optional<String> endpointUrl;

  @Option(
      names = "--handler",
      paramLabel = "CLASS",
      defaultValue = DEFAULT_HANDLER,
      description = "The handler's class, as in the template.")
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
    if (secretId.isBlank()) {
      throw CommandException.usage("--secret-id must be the name or ARN of a secret.");
    }
    endpointUrl.map(RotateCommand::url).ifPresent(AwsEnvironment::use);
    StagedVersion staged = new StagedVersion();
    RotationHandler handler = Handlers.create(handlerClass).onStore(staged::between);
    SecretDescription secret = find(staged);
    String token = token(secret);
    staged.stage(token);

    Output output = new Output(spec);
    output.headline("Rotating %s".formatted(secret.arn()));
    output.note("handler %s, version %s".formatted(handlerClass, token));
    HandlerFunction function = HandlerFunction.of(handler, STEP_TIMEOUT, log());
    for (Step step : Step.values()) {
      run(step, secret.arn(), token, function, staged, output);
    }
    return 0;
  }

  static URI url(String text) {
    try {
      URI url = new URI(text);
      if (url.getHost() != null
          && url.getUserInfo() == null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // falls through to the message below
    }
    throw CommandException.usage(
        "--endpoint-url must be a URL such as http://127.0.0.1:4599, but is '%s'."
            .formatted(text.replaceFirst("//.*@", "//***@")));
  }

  private SecretDescription find(StagedVersion staged) {
    try {
      return staged.store().describe(secretId);
    } catch (RotationException e) {
      if (e.reason() == RotationException.Reason.NETWORK && endpointUrl.isPresent()) {
        throw CommandException.rotationFailed(
            "Nothing answers at %s; is it running? './keyturn local' starts a Secrets Manager on this machine."
                .formatted(endpointUrl.get()),
            e);
      }
      throw e;
    }
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
      throw failure(step, token, Failures.message(e), e);
    } catch (Error e) {
      output.stepFailed(step, Duration.between(start, Instant.now()), "");
      // unlike an exception, it passed the handler without being cleaned of secrets
      throw failure(step, token, "the handler died of " + e.getClass().getName(), e);
    }
    output.step(
        step, Duration.between(start, Instant.now()), staged.store().describe(arn).labels());
  }

  private static CommandException failure(
      Step step, String token, String message, Throwable cause) {
    String next =
        step == Step.CREATE
            ? ""
            : "%nThe rotation is not finished: 'rotate' goes on with version %s; with --new-token it starts a new one."
                .formatted(token);
    return CommandException.rotationFailed(
        "%s failed: %s%s".formatted(step.wireName(), message, next), cause);
  }
}
