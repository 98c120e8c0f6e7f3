package io.github.keyturn.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyturn demo http}: rotates an API key, and survives a crash before your eyes. */
@Command(
    name = "http",
    description = {
      "Rotates an API key at a stand-in for SendGrid, also through a crash.",
      "Starts the stand-in and a local Secrets Manager, and rotates twice: once as it",
      "should go, and once with a crash after a key was issued and before it is stored.",
      "Calls nobody outside of this machine, and leaves nothing behind."
    })
final class HttpDemoCommand implements Callable<Integer> {

  @Option(
      names = "--keep",
      description = "Leaves everything running afterwards, and prints commands to try.")
  private boolean keep;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  HttpDemoCommand() {}

  @Override
  public Integer call() throws Exception {
    try (Interruption interruption = Interruption.watch(spec.commandLine())) {
      return new HttpDemo(new Output(spec), interruption).run(keep);
    }
  }
}
