package io.github.keyturn.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process that runs a function, and the runtime API that it talks to. */
final class ExecutionEnvironment implements AutoCloseable {

  private static final Duration LAST_OUTPUT = Duration.ofSeconds(5);
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
  private static final int KB = 1024;

  /** The largest event that CloudWatch takes; a longer line goes on in the next. */
  private static final int LONGEST_LINE = 1024 * KB;

  private final RuntimeApi api;
  private final Process process;
  private final List<Thread> pumps;

  private ExecutionEnvironment(RuntimeApi api, Process process, Consumer<String> log) {
    this.api = api;
    this.process = process;
    this.pumps = List.of(pump(process.getInputStream(), log), pump(process.getErrorStream(), log));
    CompletableFuture<Void> unused =
        process.onExit().thenAccept(ended -> api.signal(new Signal.Ended(ended.exitValue())));
  }

  /**
   * Starts the process.
   *
   * @param process its environment gets the API's address
   * @param log takes each line of its output, from a thread for each of its two streams
   */
  static ExecutionEnvironment start(ProcessBuilder process, Consumer<String> log)
      throws IOException {
    RuntimeApi api = RuntimeApi.open();
    try {
      process.environment().put("AWS_LAMBDA_RUNTIME_API", api.address());
      return new ExecutionEnvironment(api, process.start(), log);
    } catch (IOException e) {
      api.close();
      throw e;
    }
  }

  private static Thread pump(InputStream stream, Consumer<String> log) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                passOn(reader, log);
              } catch (IOException e) {
                // the process is gone
              }
            },
            "function-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void passOn(Reader output, Consumer<String> log) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int character = output.read(); character >= 0; character = output.read()) {
      if (character == '\n' || line.length() == LONGEST_LINE) {
        log.accept(line.toString());
        line.setLength(0);
      }
      if (character != '\n') {
        line.append((char) character);
      }
    }
    if (!line.isEmpty()) {
      log.accept(line.toString());
    }
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Signal await(Duration atMost) throws InterruptedException {
    return api.await(atMost);
  }

  void restore() {
    api.restore();
  }

  void dispatch(RuntimeApi.Event event) {
    api.dispatch(event);
  }

  /** What the process and its children had in RAM at their peaks, as Linux has counted it. */
  OptionalLong peakMemory() {
    long kilobytes =
        Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .mapToLong(ExecutionEnvironment::peakKilobytes)
            .sum();
    return kilobytes == 0 ? OptionalLong.empty() : OptionalLong.of(kilobytes * KB);
  }

  private static long peakKilobytes(ProcessHandle process) {
    try {
      Matcher peak =
          PEAK.matcher(Files.readString(Path.of("/proc", String.valueOf(process.pid()), "status")));
      return peak.find() ? Long.parseLong(peak.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Kills the process, as Lambda does, and waits until its output has been read. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    // unlike the process, its handle leaves the output that is not read yet
    process.toHandle().destroyForcibly();
    try {
      process.waitFor(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
      for (Thread pump : pumps) {
        pump.join(LAST_OUTPUT.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    api.close();
  }
}
