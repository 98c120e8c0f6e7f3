package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A program that runs to its end. */
final class Program {

  private static final long PATIENCE_SECONDS = 120;
  private static final Pattern OF_THE_USER = Pattern.compile("PG|MYSQL|MARIADB|NOTIFY_SOCKET$");
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private Program() {}

  static void run(Path folder, List<String> command) throws IOException {
    run(folder, Map.of(), command);
  }

  /** Runs a program in a folder; if it fails, the exception carries what it printed. */
  static void run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    run(folder, environment, Redirect.PIPE, command);
  }

  /** Runs a program that reads a file. */
  static void run(Path folder, Path input, List<String> command) throws IOException {
    run(folder, Map.of(), Redirect.from(input.toFile()), command);
  }

  private static void run(
      Path folder, Map<String, String> environment, Redirect input, List<String> command)
      throws IOException {
    // A file instead of a pipe: a server left behind in the background would keep a pipe open.
    Path output = Files.createTempFile(folder, "keyturn-", ".output");
    try {
      ProcessBuilder builder =
          builder(folder, command).redirectInput(input).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      await(builder.start(), command, output);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** A program without the settings in the environment that are meant for the user's own server. */
  static ProcessBuilder builder(Path folder, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> OF_THE_USER.matcher(name).lookingAt());
    return builder;
  }

  /** Ends what still runs, for a JVM that ends in the middle: its folders are deleted next. */
  static void endAll() {
    for (Process process : RUNNING) {
      process.destroy();
      process.onExit().orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> process).join();
    }
  }

  private static void await(Process process, List<String> command, Path output) throws IOException {
    RUNNING.add(process);
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            "%s did not end within %d s: %s"
                .formatted(command, PATIENCE_SECONDS, Files.readString(output)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while running " + command);
    } finally {
      process.destroyForcibly();
      RUNNING.remove(process);
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "%s failed (exit status %d): %s"
              .formatted(command, process.exitValue(), Files.readString(output)));
    }
  }
}
