package io.github.keyturn.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Calls a function, and notes what it takes. */
final class Meter {

  private final Cgroup group;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private long cpuBefore;
  private long peak;

  Meter(Cgroup group) {
    this.group = group;
  }

  Cgroup group() {
    return group;
  }

  void log(String line) {
    log.add(line);
  }

  /** What came before a snapshot is not counted. */
  void restart() {
    try {
      cpuBefore = group.cpuNanos().orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cost call(ChildJvmFunction function, String event) throws IOException, InterruptedException {
    restart();
    Invocation invocation = function.call(event.getBytes(UTF_8));
    if (invocation.failed()) {
      throw new IllegalStateException(
          "the function failed: %s%n%s".formatted(invocation.payload(), String.join("\n", log)));
    }
    peak = invocation.peakMemory().orElse(0);
    return new Cost(time(invocation).toNanos(), group.cpuNanos().orElse(0) - cpuBefore);
  }

  /** From the start of the process, or from its snapshot, to its answer. */
  private static Duration time(Invocation invocation) {
    return invocation
        .restoreDuration()
        .or(invocation::initDuration)
        .orElse(Duration.ZERO)
        .plus(invocation.duration());
  }

  /** In bytes; 0 if it can't be told. */
  long peak() {
    return peak;
  }
}
