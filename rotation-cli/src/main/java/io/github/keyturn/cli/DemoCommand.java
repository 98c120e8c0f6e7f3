package io.github.keyturn.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code keyturn demo}: rotates a real user of a real server, and survives a crash before your
 * eyes.
 */
@Command(
    name = "demo",
    description = {
      "Rotates a user of a real PostgreSQL, also through a crash.",
      "Starts the server and a local Secrets Manager, and rotates twice: once as it",
      "should go, and once with a crash between setSecret and finishSecret.",
      "Needs neither Docker nor an AWS account, and leaves nothing behind."
    })
final class DemoCommand implements Callable<Integer> {

  /** Servers that the demo can start. */
  enum Target {
    POSTGRES;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TARGET",
      defaultValue = "postgres",
      description = "What to rotate: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Target target;

  @Option(
      names = "--strategy",
      paramLabel = "STRATEGY",
      defaultValue = "single-user",
      converter = StrategyConverter.class,
      description = "single-user or alternating-users. Default: ${DEFAULT-VALUE}.")
  private Strategy strategy;

  @Option(
      names = "--keep",
      description = "Leaves everything running afterwards, and prints commands to try.")
  private boolean keep;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  DemoCommand() {}

  @Override
  public Integer call() throws Exception {
    try (Interruption interruption = Interruption.watch(spec.commandLine())) {
      return switch (target) {
        case POSTGRES -> new PostgresDemo(strategy, new Output(spec), interruption).run(keep);
      };
    }
  }

  private static final class StrategyConverter implements ITypeConverter<Strategy> {
    @Override
    public Strategy convert(String value) {
      for (Strategy strategy : Strategy.values()) {
        if (strategy.toString().equalsIgnoreCase(value)) {
          return strategy;
        }
      }
      throw new TypeConversionException(
          "it must be single-user or alternating-users, but is '%s'".formatted(value));
    }
  }
}
