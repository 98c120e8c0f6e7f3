package io.github.keyturn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A function's process, as Lambda starts it. */
final class Sandbox implements AutoCloseable {

  private final Cgroup group;
  private final RuntimeApi api = new RuntimeApi();
  private final long start;
  private final long cpuAtStart;
  private final Process process;

  /** Starts the process with its first event waiting. */
  Sandbox(Candidate candidate, Speed speed, Map<String, String> environment, Path log, String event)
      throws IOException {
    group = Cgroup.of(speed.share());
    api.offer(event);
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "%s && exec %s %s".formatted(group.enter(), speed.pin(), candidate.command()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("AWS_LAMBDA_RUNTIME_API", api.address());
    builder.directory(candidate.folder().toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    cpuAtStart = group.cpuNanos();
    start = System.nanoTime();
    process = builder.start();
  }

  /** From the start of the process to its first answer. */
  Cost awaitFirst() throws InterruptedException, IOException {
    long end = api.awaitAnswer();
    return new Cost(end - start, group.cpuNanos() - cpuAtStart);
  }

  Cost invoke(String event) throws InterruptedException, IOException {
    long cpuBefore = group.cpuNanos();
    long before = System.nanoTime();
    api.offer(event);
    return new Cost(api.awaitAnswer() - before, group.cpuNanos() - cpuBefore);
  }

  /** The most memory that it has had, of all its processes, in kB. */
  long peakMemory() throws IOException {
    long sum = 0;
    for (long pid : group.processes()) {
      sum += peakMemory(Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))));
    }
    return sum;
  }

  private static long peakMemory(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    api.close();
    group.close();
  }
}
