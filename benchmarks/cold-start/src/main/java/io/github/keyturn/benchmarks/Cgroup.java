package io.github.keyturn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A control group that gives its processes a function's memory and a share of a core, and counts
 * their CPU time; of Linux's first or second version, whichever is there. It takes root to make
 * one; without root there is neither a share nor a CPU time. The JVM sees the memory as that of the
 * machine, and sizes its heap by it.
 */
final class Cgroup implements AutoCloseable {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /** Short, so that a share is a slower core rather than one that stops for long. */
  private static final int PERIOD_MICROS = 20_000;

  private static final long NANOS_PER_MICRO = TimeUnit.MICROSECONDS.toNanos(1);
  private static final int TRIES_TO_REMOVE = 100;
  private static final int PAUSE_MILLIS = 20;
  private static final int BYTES_PER_MB_SHIFT = 20;

  private final boolean second;
  private final List<Path> folders;
  private final int core;

  private Cgroup(boolean second, List<Path> folders, int core) {
    this.second = second;
    this.folders = folders;
    this.core = core;
  }

  /** Whether this user may make control groups here. */
  static boolean available() {
    return Files.isWritable(
        isSecond() ? ROOT.resolve("cgroup.subtree_control") : ROOT.resolve("cpu/tasks"));
  }

  private static boolean isSecond() {
    return Files.exists(ROOT.resolve("cgroup.controllers"));
  }

  /** A group on this core, with a share of it or with all of it for a share of 0. */
  static Cgroup of(Speed speed, int core, int megabytes) throws IOException {
    if (!available()) {
      return new Cgroup(false, List.of(), core);
    }
    String name = "keyturn-cold-start-" + ProcessHandle.current().pid();
    long quota = (long) (speed.share() * PERIOD_MICROS);
    String memory = String.valueOf((long) megabytes << BYTES_PER_MB_SHIFT);
    if (isSecond()) {
      Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+cpu +memory");
      Path folder = Files.createDirectories(ROOT.resolve(name));
      Files.writeString(
          folder.resolve("cpu.max"), (quota == 0 ? "max" : quota) + " " + PERIOD_MICROS);
      Files.writeString(folder.resolve("memory.max"), memory);
      return new Cgroup(true, List.of(folder), core);
    }
    Path cpu = Files.createDirectories(ROOT.resolve("cpu").resolve(name));
    Path accounting = Files.createDirectories(ROOT.resolve("cpuacct").resolve(name));
    Path ram = Files.createDirectories(ROOT.resolve("memory").resolve(name));
    Files.writeString(cpu.resolve("cpu.cfs_quota_us"), "-1");
    Files.writeString(cpu.resolve("cpu.cfs_period_us"), String.valueOf(PERIOD_MICROS));
    Files.writeString(cpu.resolve("cpu.cfs_quota_us"), quota == 0 ? "-1" : String.valueOf(quota));
    Files.writeString(ram.resolve("memory.limit_in_bytes"), memory);
    return new Cgroup(false, List.of(cpu, accounting, ram), core);
  }

  /** What a shell has to do to be in the group, before its command. */
  String enter() {
    StringBuilder script = new StringBuilder();
    for (Path folder : folders) {
      script.append("echo $$ > ").append(folder).append("/cgroup.procs && ");
    }
    return script.append("taskset -p -c ").append(core).append(" $$ > /dev/null && ").toString();
  }

  /** Of all that ever ran in the group; absent if there is none. */
  OptionalLong cpuNanos() throws IOException {
    if (folders.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!second) {
      return OptionalLong.of(
          Long.parseLong(Files.readString(folders.get(1).resolve("cpuacct.usage")).strip()));
    }
    return Files.readAllLines(folders.get(0).resolve("cpu.stat")).stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals("usage_usec"))
        .mapToLong(words -> Long.parseLong(words[1]) * NANOS_PER_MICRO)
        .findFirst();
  }

  /** Removes the group, when its last process has ended. */
  @Override
  public void close() throws IOException {
    for (Path folder : folders) {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    for (int i = 0; ; i++) {
      try {
        Files.deleteIfExists(folder);
        return;
      } catch (IOException e) {
        if (i == TRIES_TO_REMOVE) {
          throw e;
        }
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
