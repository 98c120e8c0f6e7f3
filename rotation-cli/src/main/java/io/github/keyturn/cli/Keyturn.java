package io.github.keyturn.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code keyturn} command. */
@Command(
    name = "keyturn",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Rotates credentials with AWS Secrets Manager, on this machine.",
    subcommands = {
      DemoCommand.class,
      InvokeCommand.class,
      LocalCommand.class,
      ProviderCommand.class,
      RotateCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it worked",
      "1:a rotation or an invocation failed or could not start; the message says why",
      "2:the command line or a setting in the environment is wrong",
      "3:this machine lacks something that the command needs",
      "130:ended by Ctrl-C (143: by SIGTERM), with everything stopped"
    })
public final class Keyturn implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Keyturn() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** Runs the command, for a caller that wants to see what it prints. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return commandLine().setOut(out).setErr(err).execute(arguments);
  }

  private static CommandLine commandLine() {
    return new CommandLine(new Keyturn())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new Failures());
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Name a command: demo, invoke, local, provider or rotate.");
  }
}
