package io.github.keyturn.cli;

import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyturn local}: Secrets Manager on this machine, until it is interrupted. */
@Command(
    name = "local",
    description = {
      "Runs a local Secrets Manager for the aws command line and any SDK.",
      "It listens until Ctrl-C, and prints what to export to use it.",
      "With --function, RotateSecret invokes functions from their zips, as Lambda would",
      "run them; their log goes to standard error."
    })
final class LocalCommand implements Callable<Integer> {

  private static final int LARGEST_PORT = 65_535;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4599",
      description = "Where to listen; 0 takes any free port. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = {
        "Where functions in containers reach this machine: on Linux 172.17.0.1, which is Docker's.",
        "Everybody who reaches it can read the secrets. Default: ${DEFAULT-VALUE}."
      })
  private String address;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keeps the secrets in this file. Without it they are forgotten at the end.")
  private Optional<Path> state;

  @Option(
      names = "--function",
      paramLabel = "NAME=ZIP[#CLASS]|URL|-",
      converter = FunctionOption.Converter.class,
      description = {
        "A function for RotateSecret; CLASS is its handler, if the zip has several.",
        "A URL is that of 'sam local start-lambda', and NAME the logical id there.",
        "With - RotateSecret stages the version, and leaves the steps to you."
      })
  private List<FunctionOption> functions = List.of();

  @Mixin private FunctionOptions options;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  LocalCommand() {}

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > LARGEST_PORT) {
      throw CommandException.usage(
          "--port must be from 0 to %d, but is %d.".formatted(LARGEST_PORT, port));
    }
    Output output = new Output(spec);
    try (Interruption interruption = Interruption.watch(spec.commandLine());
        LocalSecretsManager secrets = open(output);
        LocalEndpoint endpoint = listen(secrets);
        LocalFunctions running =
            new LocalFunctions(secrets, endpoint.url(), spec.commandLine().getErr()::println)) {
      functions.forEach(function -> running.add(function, options));
      output.headline("Secrets Manager is listening on " + endpoint.url());
      AwsEnvironment.exportLines(endpoint.url()).forEach(output::line);
      output.line("");
      output.line(
          state
              .map(file -> "Secrets are kept in " + file + ".")
              .orElse("Secrets are forgotten at the end; --state FILE keeps them."));
      running.options().forEach(output::line);
      output.line("Ctrl-C ends it.");
      interruption.await();
    }
    return 0;
  }

  private LocalSecretsManager open(Output output) throws IOException {
    LocalSecretsManager.Builder builder =
        LocalSecretsManager.builder().listener(new RotationLog(output));
    if (state.isEmpty()) {
      return builder.open();
    }
    Path file = state.get();
    try {
      return builder.stateFile(file).open();
    } catch (IOException e) {
      throw CommandException.machineLacks(
          "The state file %s can't be used: %s".formatted(file, Failures.message(e)), e);
    }
  }

  private LocalEndpoint listen(LocalSecretsManager secrets) {
    InetAddress wanted = privateAddress();
    try {
      return secrets.listen(wanted, port);
    } catch (IOException e) {
      throw CommandException.machineLacks(
          "Port %d of %s can't be listened on (%s); name another with --port, or --port 0 for any."
              .formatted(port, address, e.getMessage()),
          e);
    }
  }

  /** Not every address: that would show the secrets to the whole network. */
  private InetAddress privateAddress() {
    try {
      InetAddress wanted = InetAddress.getByName(address);
      if (wanted instanceof Inet4Address
          && (wanted.isLoopbackAddress() || wanted.isSiteLocalAddress())) {
        return wanted;
      }
    } catch (UnknownHostException e) {
      // falls through to the message below
    }
    throw CommandException.usage(
        ("--address must be a loopback or private IPv4 address of this machine, such as 172.17.0.1,"
                + " but is '%s': whoever reaches it can read the secrets.")
            .formatted(address));
  }
}
