package io.github.keyturn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures cold starts of our functions beside a baseline, in turns, so that what disturbs one
 * disturbs all.
 */
public final class ColdStart {

  private static final double BYTES_PER_MB = 1024.0 * 1024;

  private final Options options;
  private final World world;
  private final List<Candidate> rotating;
  private final Candidate floor;

  private ColdStart(Options options, World world, List<Candidate> rotating, Candidate floor) {
    this.options = options;
    this.world = world;
    this.rotating = rotating;
    this.floor = floor;
  }

  /** Runs the benchmark; see {@code benchmarks/cold-start/README.md}. */
  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Path folder = Files.createTempDirectory("keyturn-cold-start-");
    try (World world = new World(folder)) {
      List<Candidate> rotating = options.rotating(world, folder);
      new ColdStart(options, world, rotating, options.floor(world)).run();
    } finally {
      Folders.delete(folder);
    }
    System.exit(0);
  }

  private void run() throws Exception {
    if (!Cgroup.available()) {
      System.out.println(
          "Without root there is no control group: CPU time and a share of a core are not measured.");
    }
    for (Speed speed : options.speeds()) {
      Report report = new Report(rotating.get(0).name());
      for (int run = -1; run < options.runs(); run++) {
        round(speed, run < 0 ? new Report("") : report);
      }
      System.out.printf(
          "%n%s, %d MB, %d runs, %s%n%n",
          speed, options.machine().memory(), options.runs(), options.machine().javaHome());
      report.print(System.out);
    }
  }

  private void round(Speed speed, Report report) throws Exception {
    for (Candidate candidate : rotating) {
      new Run(world, options.machine(), speed, candidate)
          .measure((figure, value) -> report.add(figure, candidate.name(), value));
      candidate
          .packageSize()
          .ifPresent(bytes -> report.add("zip, MB", candidate.name(), bytes / BYTES_PER_MB));
    }
    new Run(world, options.machine(), speed, floor)
        .create((figure, value) -> report.add(figure, floor.name(), value));
  }

  /** Temporary folders. */
  static final class Folders {

    private Folders() {}

    static void delete(Path folder) throws IOException {
      List<Path> files = new ArrayList<>();
      try (var walk = Files.walk(folder)) {
        walk.forEach(files::add);
      }
      for (int i = files.size() - 1; i >= 0; i--) {
        Files.delete(files.get(i));
      }
    }
  }
}
