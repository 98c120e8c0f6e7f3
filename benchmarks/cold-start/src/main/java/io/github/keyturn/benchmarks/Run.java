package io.github.keyturn.benchmarks;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lives of a function's process. */
record Run(World world, Machine machine, Speed speed, Candidate candidate) {

  private static final String CREATE = "createSecret";
  private static final String SET = "setSecret";
  private static final String TEST = "testSecret";
  private static final String FINISH = "finishSecret";
  private static final List<String> STEPS = List.of(CREATE, SET, TEST, FINISH);
  private static final int WARM_ROTATIONS = 5;
  private static final double BYTES_PER_MB = 1024.0 * 1024;

  /** Where to put a figure. */
  @FunctionalInterface
  interface Sink {
    void add(String figure, double value);
  }

  /** One process, from its start to its end. */
  @FunctionalInterface
  private interface Life {
    void live(Meter meter, ChildJvmFunction function)
        throws IOException, InterruptedException, SQLException;
  }

  /** All that can be measured of a rotation function. */
  void measure(Sink sink) throws IOException, InterruptedException, SQLException {
    live((meter, function) -> rotate(meter, function, sink));
    World.Rotation created = world.rotation();
    created.create();
    step(SET, created, sink);
    World.Rotation set = world.rotation();
    set.create();
    set.set();
    step(TEST, set, sink);
  }

  /** A cold rotation, and warm ones after it. */
  private void rotate(Meter meter, ChildJvmFunction function, Sink sink)
      throws IOException, InterruptedException, SQLException {
    World.Rotation rotation = world.rotation();
    Cost first = Cost.NOTHING;
    for (String step : STEPS) {
      Cost cost = meter.call(function, rotation.event(step));
      first = first.plus(cost);
      if (step.equals(CREATE)) {
        put(sink, "first createSecret", cost);
        put(sink, "memory after createSecret, MB", meter.peak());
      }
    }
    put(sink, "first rotation", first);

    Map<String, Cost> warm = new LinkedHashMap<>();
    for (int i = 0; i < WARM_ROTATIONS; i++) {
      rotation.again();
      for (String step : STEPS) {
        warm.merge(step, meter.call(function, rotation.event(step)), Cost::plus);
      }
    }
    Cost all = warm.values().stream().reduce(Cost.NOTHING, Cost::plus);
    put(sink, "warm step", all.dividedBy(WARM_ROTATIONS * STEPS.size()));
    warm.forEach((step, cost) -> put(sink, "warm " + step, cost.dividedBy(WARM_ROTATIONS)));
    put(sink, "memory after rotations, MB", meter.peak());
  }

  /** The first createSecret alone. */
  void create(Sink sink) throws IOException, InterruptedException, SQLException {
    live(
        (meter, function) -> {
          put(sink, "first createSecret", meter.call(function, world.rotation().event(CREATE)));
          put(sink, "memory after createSecret, MB", meter.peak());
        });
  }

  /** A step that is the first that its process does. */
  private void step(String step, World.Rotation rotation, Sink sink)
      throws IOException, InterruptedException, SQLException {
    live(
        (meter, function) ->
            put(sink, "first " + step, meter.call(function, rotation.event(step))));
  }

  private void live(Life life) throws IOException, InterruptedException, SQLException {
    try (Cgroup group = Cgroup.of(speed, World.CORE, machine.memory())) {
      Meter meter = new Meter(group);
      try (ChildJvmFunction function = candidate.build(world, machine, meter)) {
        life.live(meter, function);
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
