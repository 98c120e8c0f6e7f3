package io.github.keyturn.cli;

import io.github.keyturn.http.ProviderTrial;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code keyturn provider try}: asks the provider what a rotation would ask, and changes nothing.
 */
@Command(
    name = "try",
    description = {
      "Tries a provider definition with a secret, and changes nothing.",
      "Asks the provider whether AWSCURRENT is accepted, lists the keys, and says what",
      "a rotation would do with each. Settings are taken from the environment."
    })
final class ProviderTryCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The definition's file, or the name of one that ships: sendgrid.")
  private String file;

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

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ProviderTryCommand() {}

  @Override
  public Integer call() throws Exception {
    endpointUrl.map(RotateCommand::url).ifPresent(AwsEnvironment::use);
    ProviderTrial trial =
        ProviderCommand.with(file, settings -> ProviderTrial.of(settings, secretId));
    ProviderTrial.Result result = trial.run();
    Output output = new Output(spec);
    if (result.accepted()) {
      output.good(result.lines().get(0));
    } else {
      output.bad(result.lines().get(0));
    }
    result.lines().stream().skip(1).forEach(output::note);
    return result.accepted() ? 0 : Failures.ROTATION_FAILED;
  }
}
