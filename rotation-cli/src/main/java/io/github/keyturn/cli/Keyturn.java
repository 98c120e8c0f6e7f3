package io.github.keyturn.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code keyturn} command. */
@Command(
    name = "keyturn",
    mixinStandardHelpOptions = true,
    version = "keyturn 0.1.0",
    description = "Rotates credentials with AWS Secrets Manager, on this machine.",
    subcommands = {DemoCommand.class, LocalCommand.class, RotateCommand.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it worked",
      "1:a rotation failed; the message says why and what to do",
      "2:the command line is wrong",
      "3:this machine lacks something that the command needs"
    })
public final class Keyturn implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Keyturn() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs the command. */
  static int run(String... arguments) {
    return new CommandLine(new Keyturn())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new Failures())
        .execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command: demo, local or rotate.");
  }
}
