package io.github.keyturn.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One life of a function's process: a cold rotation, and warm ones after it. */
record Run(World world, Machine machine, Speed speed, Candidate candidate) {

  private static final List<String> STEPS =
      List.of("createSecret", "setSecret", "testSecret", "finishSecret");
  private static final int WARM_ROTATIONS = 5;
  private static final double BYTES_PER_MB = 1024.0 * 1024;

  /** Where to put a figure. */
  @FunctionalInterface
  interface Sink {
    void add(String figure, double value);
  }

  /** All that can be measured of a rotation function. */
  void rotate(Sink sink) throws IOException, InterruptedException, SQLException {
    World.Rotation rotation = world.rotation();
    List<String> log = new CopyOnWriteArrayList<>();
    try (Cgroup group = Cgroup.of(speed, World.CORE, machine.memory());
        ChildJvmFunction function = candidate.build(world, machine, group, log)) {
      Meter meter = new Meter(group, function, log);
      Cost cost = meter.call(rotation.event(STEPS.get(0)));
      put(sink, "first createSecret", cost);
      put(sink, "memory after createSecret, MB", meter.peak());
      for (String step : STEPS.subList(1, STEPS.size())) {
        cost = cost.plus(meter.call(rotation.event(step)));
      }
      put(sink, "first rotation", cost);
      Cost warm = Cost.NOTHING;
      for (int i = 0; i < WARM_ROTATIONS; i++) {
        rotation.again();
        for (String step : STEPS) {
          warm = warm.plus(meter.call(rotation.event(step)));
        }
      }
      put(sink, "warm step", warm.dividedBy(WARM_ROTATIONS * STEPS.size()));
      put(sink, "memory after rotations, MB", meter.peak());
    }
  }

  /** The first createSecret alone. */
  void create(Sink sink) throws IOException, InterruptedException, SQLException {
    World.Rotation rotation = world.rotation();
    List<String> log = new CopyOnWriteArrayList<>();
    try (Cgroup group = Cgroup.of(speed, World.CORE, machine.memory());
        ChildJvmFunction function = candidate.build(world, machine, group, log)) {
      Meter meter = new Meter(group, function, log);
      put(sink, "first createSecret", meter.call(rotation.event(STEPS.get(0))));
      put(sink, "memory after createSecret, MB", meter.peak());
    }
  }

  private void put(Sink sink, String figure, Cost cost) {
    sink.add(figure + ", ms", cost.millis());
    // of a restored process it would count what came before the snapshot
    if (cost.cpuNanos() > 0 && !candidate.snapStart()) {
      sink.add(figure + ", CPU ms", cost.cpuMillis());
    }
  }

  private static void put(Sink sink, String figure, long bytes) {
    if (bytes > 0) {
      sink.add(figure, bytes / BYTES_PER_MB);
    }
  }

  /** Calls the function, and notes what it takes. */
  private final class Meter {

    private final Cgroup group;
    private final ChildJvmFunction function;
    private final List<String> log;
    private long peak;

    Meter(Cgroup group, ChildJvmFunction function, List<String> log) {
      this.group = group;
      this.function = function;
      this.log = log;
    }

    Cost call(String event) throws IOException, InterruptedException {
      long before = group.cpuNanos().orElse(0);
      Invocation invocation = function.call(event.getBytes(UTF_8));
      if (invocation.failed()) {
        throw new IllegalStateException(
            "%s failed: %s%n%s"
                .formatted(candidate.name(), invocation.payload(), String.join("\n", log)));
      }
      peak = invocation.peakMemory().orElse(0);
      return new Cost(time(invocation).toNanos(), group.cpuNanos().orElse(0) - before);
    }

    /** From the start of the process, or from its snapshot, to its answer. */
    private Duration time(Invocation invocation) {
      Duration start =
          invocation.restoreDuration().or(invocation::initDuration).orElse(Duration.ZERO);
      return start.plus(invocation.duration());
    }

    long peak() {
      return peak;
    }
  }
}
