package io.github.keyturn.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures cold starts of several implementations in turns, so that what disturbs one disturbs all. */
public final class ColdStart {

  private static final List<String> STEPS =
      List.of("createSecret", "setSecret", "testSecret", "finishSecret");
  private static final int WARM_ROTATIONS = 10;

  private final World world;
  private final Path folder;
  private final Map<String, Map<String, Samples>> results = new LinkedHashMap<>();

  private ColdStart(World world, Path folder) {
    this.world = world;
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    List<Candidate> candidates = new ArrayList<>();
    List<Speed> speeds = new ArrayList<>();
    List<String> scenarios = List.of("create", "set", "rotation");
    int runs = 11;
    int memory = 512;
    for (int i = 0; i < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--candidate" -> {
          String[] parts = value.split("=", 3);
          candidates.add(new Candidate(parts[0], parts[2], Path.of(parts[1])));
        }
        case "--speed" -> speeds.add(Speed.parse(value));
        case "--scenarios" -> scenarios = List.of(value.split(","));
        case "--runs" -> runs = Integer.parseInt(value);
        case "--memory" -> memory = Integer.parseInt(value);
        default -> throw new IllegalArgumentException(args[i]);
      }
    }
    Path folder = Files.createTempDirectory("keyturn-cold-start-");
    try (World world = new World(folder)) {
      for (Speed speed : speeds) {
        ColdStart benchmark = new ColdStart(world, folder);
        for (int run = -1; run < runs; run++) {
          for (Candidate candidate : candidates) {
            for (String scenario : scenarios) {
              benchmark.measure(candidate, speed, scenario, memory, run >= 0);
            }
          }
        }
        benchmark.print(speed);
      }
    }
    System.exit(0);
  }

  private void measure(Candidate candidate, Speed speed, String scenario, int memory, boolean keep)
      throws Exception {
    World.Rotation rotation = world.rotation();
    if (scenario.equals("set")) {
      rotation.store();
    }
    String first = rotation.event(scenario.equals("set") ? "setSecret" : "createSecret");
    if (scenario.equals("nop")) { first = first.replaceAll("ClientRequestToken\":\"[^\"]*", "ClientRequestToken\":\"00000000-0000-0000-0000-000000000000"); }
    Path log = folder.resolve(candidate.name() + ".log");
    Map<String, Cost> costs = new LinkedHashMap<>();
    try (Sandbox sandbox =
        new Sandbox(candidate, speed, world.environment(memory), log, first)) {
      Cost cold = sandbox.awaitFirst();
      if (!scenario.equals("rotation")) {
        costs.put(scenario, cold);
      } else {
        for (String step : STEPS.subList(1, 4)) {
          cold = cold.plus(sandbox.invoke(rotation.event(step)));
        }
        costs.put("rotation", cold);
        Cost warm = new Cost(0, 0);
        for (int i = 0; i < WARM_ROTATIONS; i++) {
          rotation.again();
          for (String step : STEPS) {
            warm = warm.plus(sandbox.invoke(rotation.event(step)));
          }
        }
        costs.put("warm step", warm.dividedBy(WARM_ROTATIONS * STEPS.size()));
      }
      if (keep) {
        costs.forEach(
            (name, cost) -> samples(candidate.name(), name).add(cost, 0));
        samples(candidate.name(), "memory " + scenario)
            .add(new Cost(sandbox.peakMemory() * 1_000_000L, 0), 0);
      }
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          candidate.name() + ": " + e.getMessage() + "\n" + Files.readString(log), e);
    }
  }

  private Samples samples(String candidate, String what) {
    return results
        .computeIfAbsent(what, w -> new LinkedHashMap<>())
        .computeIfAbsent(candidate, c -> new Samples());
  }

  private void print(Speed speed) {
    System.out.println("== " + speed);
    results.forEach(
        (what, byCandidate) -> {
          Samples base = byCandidate.values().iterator().next();
          byCandidate.forEach(
              (candidate, samples) ->
                  System.out.printf(
                      Locale.ROOT,
                      "%-16s %-28s %9.1f  (%.1f..%.1f)  cpu %8.1f  ratio %.2f  cpu ratio %.2f%n",
                      what,
                      candidate,
                      samples.median(),
                      samples.quantile(0.1),
                      samples.quantile(0.9),
                      samples.medianCpu(),
                      samples.median() / base.median(),
                      samples.medianCpu() / base.medianCpu()));
        });
  }
}
