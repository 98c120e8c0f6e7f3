package io.github.keyturn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A control group that gives its processes a share of a core and counts their CPU time; of Linux's
 * first or second version, whichever is there. It takes root to make one.
 */
final class Cgroup implements AutoCloseable {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /** Short, so that a share is a slower core rather than one that stops for long. */
  private static final int PERIOD_MICROS = 20_000;

  private final boolean second = Files.exists(ROOT.resolve("cgroup.controllers"));
  private final Path cpu;
  private final Path accounting;

  private Cgroup(String name) {
    cpu = second ? ROOT.resolve(name) : ROOT.resolve("cpu").resolve(name);
    accounting = second ? cpu : ROOT.resolve("cpuacct").resolve(name);
  }

  /** A group with this share of a core, or with no limit for a share of 0. */
  static Cgroup of(double share) throws IOException {
    Cgroup group = new Cgroup("keyturn-cold-start-" + ProcessHandle.current().pid());
    for (Path folder : List.of(group.cpu, group.accounting)) {
      Files.createDirectories(folder);
    }
    long quota = (long) (share * PERIOD_MICROS);
    if (group.second) {
      write(group.cpu.resolve("cpu.max"), (share == 0 ? "max" : quota) + " " + PERIOD_MICROS);
    } else {
      write(group.cpu.resolve("cpu.cfs_quota_us"), "-1");
      write(group.cpu.resolve("cpu.cfs_period_us"), String.valueOf(PERIOD_MICROS));
      write(group.cpu.resolve("cpu.cfs_quota_us"), share == 0 ? "-1" : String.valueOf(quota));
    }
    return group;
  }

  /** What a shell has to do to be in the group. */
  String enter() {
    return "echo $$ > %s/cgroup.procs && echo $$ > %s/cgroup.procs".formatted(cpu, accounting);
  }

  long cpuNanos() throws IOException {
    if (!second) {
      return Long.parseLong(Files.readString(accounting.resolve("cpuacct.usage")).strip());
    }
    return Files.readAllLines(cpu.resolve("cpu.stat")).stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals("usage_usec"))
        .mapToLong(words -> Long.parseLong(words[1]) * 1_000)
        .findFirst()
        .orElseThrow();
  }

  List<Long> processes() throws IOException {
    return Files.readAllLines(cpu.resolve("cgroup.procs")).stream().map(Long::valueOf).toList();
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  @Override
  public void close() throws IOException {
    for (Path folder : Arrays.asList(cpu, accounting)) {
      Files.deleteIfExists(folder);
    }
  }
}
