package io.github.keyturn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A process of its own; it does not outlive the test. */
final class Child implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** The command with this test's class path, without the script. */
  static Child keyturn(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.add(Keyturn.class.getName());
    command.addAll(List.of(arguments));
    return start(environment, Path.of("").toAbsolutePath(), command);
  }

  static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** Variables that are set to an empty text are taken out of the environment. */
  static Child start(Map<String, String> environment, Path folder, List<String> command)
      throws IOException {
    Path out = Files.createTempFile("keyturn-cli-", ".out");
    Path err = Files.createTempFile("keyturn-cli-", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // what the developer has set for AWS, or for this very tool, is not what is tested
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("AWS_") || name.startsWith("KEYTURN_"));
    builder.environment().putAll(environment);
    builder.environment().values().removeIf(String::isEmpty);
    return new Child(builder.start(), out, err);
  }

  String out() throws IOException {
    return Files.readString(out, UTF_8);
  }

  String err() throws IOException {
    return Files.readString(err, UTF_8);
  }

  Child awaitOutput(String text) throws Exception {
    return awaitOutputTimes(text, 1);
  }

  /** Waits until it has printed a text so many times. */
  Child awaitOutputTimes(String text, int times) throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (out().split(Pattern.quote(text), -1).length <= times) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        throw new AssertionError("'%s' was not printed:%n%s%n%s".formatted(text, out(), err()));
      }
      Thread.sleep(50);
    }
    return this;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int awaitEnd() throws Exception {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running:%n%s%n%s".formatted(out(), err()));
    }
    return process.exitValue();
  }

  /** Sends SIGTERM. */
  int terminate() throws Exception {
    process.destroy();
    return awaitEnd();
  }

  /** The variables of the printed {@code export} lines. */
  Map<String, String> exports() throws IOException {
    return out()
        .lines()
        .filter(line -> line.startsWith("export "))
        .map(line -> line.substring("export ".length()).split("=", 2))
        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
  }

  @Override
  public void close() throws IOException {
    // pg_ctl has put servers out of reach: they end with a JVM that ends in order
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.delete(out);
    Files.delete(err);
  }
}
