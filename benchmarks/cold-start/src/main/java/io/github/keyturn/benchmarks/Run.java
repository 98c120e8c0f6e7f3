package io.github.keyturn.benchmarks;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

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
    try (Cgroup group = Cgroup.of(speed, World.CORE, machine.memory())) {
      Meter meter = new Meter(group);
      try (ChildJvmFunction function = candidate.build(world, machine, meter)) {
        Cost cost = meter.call(function, rotation.event(STEPS.get(0)));
        put(sink, "first createSecret", cost);
        put(sink, "memory after createSecret, MB", meter.peak());
        for (String step : STEPS.subList(1, STEPS.size())) {
          cost = cost.plus(meter.call(function, rotation.event(step)));
        }
        put(sink, "first rotation", cost);
        Cost warm = Cost.NOTHING;
        for (int i = 0; i < WARM_ROTATIONS; i++) {
          rotation.again();
          for (String step : STEPS) {
            warm = warm.plus(meter.call(function, rotation.event(step)));
          }
        }
        put(sink, "warm step", warm.dividedBy(WARM_ROTATIONS * STEPS.size()));
        put(sink, "memory after rotations, MB", meter.peak());
      }
    }
  }

  /** The first createSecret alone. */
  void create(Sink sink) throws IOException, InterruptedException, SQLException {
    World.Rotation rotation = world.rotation();
    try (Cgroup group = Cgroup.of(speed, World.CORE, machine.memory())) {
      Meter meter = new Meter(group);
      try (ChildJvmFunction function = candidate.build(world, machine, meter)) {
        put(sink, "first createSecret", meter.call(function, rotation.event(STEPS.get(0))));
        put(sink, "memory after createSecret, MB", meter.peak());
      }
    }
  }

  private static void put(Sink sink, String figure, Cost cost) {
    sink.add(figure + ", ms", cost.millis());
    if (cost.cpuNanos() > 0) {
      sink.add(figure + ", CPU ms", cost.cpuMillis());
    }
  }

  private static void put(Sink sink, String figure, long bytes) {
    if (bytes > 0) {
      sink.add(figure, bytes / BYTES_PER_MB);
    }
  }
}
