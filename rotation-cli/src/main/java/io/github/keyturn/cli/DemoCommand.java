package io.github.keyturn.cli;

import java.util.Optional;
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
    subcommands = HttpDemoCommand.class,
    description = {
      "Rotates a user of a real server, also through a crash.",
      "Starts the server and a local Secrets Manager, and rotates twice: once as it",
      "should go, and once with a crash between setSecret and finishSecret.",
      "Needs neither Docker nor an AWS account, and leaves nothing behind."
    })
final class DemoCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TARGET",
      defaultValue = "postgres",
      description = "What to rotate: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private DemoTarget target;

  @Option(
      names = "--strategy",
      paramLabel = "STRATEGY",
      converter = StrategyConverter.class,
      description = {
        "mysql, mariadb: dual-password, single-user or alternating-users; postgres: the",
        "latter two; redis: acl-user or requirepass. Default: the first of the server.",
      })
  private Optional<Strategy> strategy;

  @Option(
      names = "--topology",
      paramLabel = "TOPOLOGY",
      description = "For redis: ${COMPLETION-CANDIDATES}. Default: standalone.")
  private Optional<Topology> topology;

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
      Demo demo =
          new Demo(
              target,
              target.strategy(strategy),
              target.topology(topology),
              new Output(spec),
              interruption);
      return demo.run(keep);
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
          "it must be dual-password, single-user, alternating-users, acl-user or requirepass, but is '%s'"
              .formatted(value));
    }
  }
}
