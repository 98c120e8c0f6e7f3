package io.github.keyturn.cli;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code keyturn provider}: looks at a definition of a provider of API keys. */
@Command(
    name = "provider",
    subcommands = {ProviderCheckCommand.class, ProviderTryCommand.class},
    description = "Checks and tries the definition of a provider of API keys.")
final class ProviderCommand implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  ProviderCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: check or try.");
  }

  /**
   * Does something with the settings of a function for this definition: the environment's.
   *
   * @param file a file, or the name of a definition that ships
   */
  static <T> T with(String file, Function<RotationSettings, T> action) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PROVIDER_DEFINITION", file);
    try {
      return action.apply(RotationSettings.from(environment));
    } catch (RotationException e) {
      if (e.reason() == RotationException.Reason.MISCONFIGURED) {
        throw CommandException.usage(e.getMessage());
      }
      throw e;
    }
  }
}
