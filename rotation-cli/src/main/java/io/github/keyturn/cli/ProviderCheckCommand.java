package io.github.keyturn.cli;

import io.github.keyturn.http.ProviderDefinition;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code keyturn provider check}: says what is wrong with a definition, or what it means. */
@Command(
    name = "check",
    description = {
      "Says what is wrong with a provider definition, or what it means.",
      "Sends no request. Settings that the definition asks for are taken from the",
      "environment, as a function takes them."
    })
final class ProviderCheckCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The definition's file, or the name of one that ships: sendgrid.")
  private String file;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ProviderCheckCommand() {}

  @Override
  public Integer call() {
    List<String> lines =
        ProviderCommand.with(file, settings -> ProviderDefinition.fromSettings(settings).explain());
    Output output = new Output(spec);
    output.good(lines.get(0));
    lines.stream().skip(1).forEach(output::note);
    return 0;
  }
}
