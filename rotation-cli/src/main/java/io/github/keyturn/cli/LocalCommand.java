package io.github.keyturn.cli;

import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyturn local}: Secrets Manager on this machine, until it is interrupted. */
@Command(
    name = "local",
    mixinStandardHelpOptions = true,
    description =
        "Runs Secrets Manager on 127.0.0.1, for the aws command line, any SDK and sam local.")
final class LocalCommand implements Callable<Integer> {

  private static final int LARGEST_PORT = 65_535;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4599",
      description = "Where to listen; 0 takes any free port. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keeps the secrets in this file. Without it they are forgotten at the end.")
  private Optional<Path> state;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LocalCommand() {}

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > LARGEST_PORT) {
      throw new Failures.UsageException("--port must be from 0 to " + LARGEST_PORT);
    }
    Output output = new Output(spec.commandLine().getOut());
    LocalSecretsManager.Builder builder = LocalSecretsManager.builder();
    state.ifPresent(builder::stateFile);
    try (LocalSecretsManager secrets = builder.open();
        LocalEndpoint endpoint = listen(secrets)) {
      output.headline("Secrets Manager is listening on " + endpoint.url());
      AwsEnvironment.exportLines(endpoint.url()).forEach(output::line);
      output.line("");
      output.line(
          state
              .map(file -> "Secrets are kept in " + file + ".")
              .orElse("Secrets are forgotten at the end; --state FILE keeps them."));
      output.line("Ctrl-C ends it.");
      waitForInterrupt();
    }
    return 0;
  }

  private LocalEndpoint listen(LocalSecretsManager secrets) throws IOException {
    try {
      return secrets.listen(port);
    } catch (IOException e) {
      throw new IOException(
          "Port %d can't be listened on (%s); name another with --port, or --port 0 for any."
              .formatted(port, e.getMessage()),
          e);
    }
  }

  /** Lets the JVM's shutdown wait until the model has closed its state file. */
  static void waitForInterrupt() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  interrupted.countDown();
                  try {
                    main.join();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    interrupted.await();
  }
}
