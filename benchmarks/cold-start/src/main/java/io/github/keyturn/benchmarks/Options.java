package io.github.keyturn.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class Options {

  private static final String USAGE =
      """
      usage: benchmarks/cold-start/run [OPTION VALUE]...
        --baseline COMMAND      a program that serves Lambda's runtime API; everything is compared to it
        --baseline-zip FILE     what is uploaded for it, to compare sizes
        --zip NAME=FILE         a zip of ours, by default keyturn=rotators/postgres/target/postgres-rotation.zip; may be repeated
        --image NAME=FOLDER     a function as its container image has it, laid out by rotation-image; may be repeated
        --command NAME=COMMAND  a further program of the baseline's kind; may be repeated
        --handler CLASS         by default io.github.keyturn.postgres.PostgresSingleUserRotationHandler
        --variables NAME=K=V    a further candidate: the first zip with this variable; may be repeated
        --java-options NAME=O   a further candidate: the first zip with these options of the JVM; may be repeated
        --java-home FOLDER      the JDK that functions run with; Lambda has 25
        --memory MB             of the functions, by default 512; it decides on the share of a core
        --speeds full,share     by default both
        --runs COUNT            by default 11""";

  private static final String HANDLER =
      "io.github.keyturn.postgres.PostgresSingleUserRotationHandler";
  private static final Path ZIP =
      Path.of(
          System.getProperty("keyturn.home", ""), "rotators/postgres/target/postgres-rotation.zip");
  private static final Path BOOTSTRAP =
      Path.of(System.getProperty("keyturn.home", ""), "rotation-image/bootstrap");
  private static final String JAVA_OPTIONS = "JAVA_TOOL_OPTIONS";

  private final Map<String, Path> zips = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> variables = new LinkedHashMap<>();
  private final Map<String, String> javaOptions = new LinkedHashMap<>();
  private final Map<String, Path> images = new LinkedHashMap<>();
  private final Map<String, String> commands = new LinkedHashMap<>();
  private @Nullable String baseline;
  private @Nullable Path baselineZip;
  private String handler = HANDLER;
  private Path javaHome = Path.of(System.getProperty("java.home"));
  private int memory = 512;
  private List<String> speeds = List.of("full", "share");
  private int runs = 11;

  private Options() {}

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException when it can't be read, with what it may be
   */
  static Options parse(String[] args) {
    Options options = new Options();
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(USAGE);
    }
    for (int i = 0; i < args.length; i += 2) {
      options.set(args[i], args[i + 1]);
    }
    if (options.zips.isEmpty()) {
      options.zips.put("keyturn", ZIP);
    }
    return options;
  }

  private void set(String option, String value) {
    switch (option) {
      case "--baseline" -> baseline = value;
      case "--baseline-zip" -> baselineZip = Path.of(value);
      case "--zip" -> zips.put(name(value), Path.of(rest(value)));
      case "--image" -> images.put(name(value), Path.of(rest(value)).toAbsolutePath());
      case "--command" -> commands.put(name(value), rest(value));
      case "--handler" -> handler = value;
      case "--variables" ->
          variables
              .computeIfAbsent(name(value), any -> new LinkedHashMap<>())
              .put(name(rest(value)), rest(rest(value)));
      case "--java-options" -> javaOptions.put(name(value), rest(value));
      case "--java-home" -> javaHome = Path.of(value);
      case "--memory" -> memory = Integer.parseInt(value);
      case "--speeds" -> speeds = List.of(value.split(","));
      case "--runs" -> runs = Integer.parseInt(value);
      default -> throw new IllegalArgumentException(USAGE);
    }
  }

  private static String name(String pair) {
    return pair.substring(0, split(pair));
  }

  private static String rest(String pair) {
    return pair.substring(split(pair) + 1);
  }

  private static int split(String pair) {
    int split = pair.indexOf('=');
    if (split <= 0) {
      throw new IllegalArgumentException(USAGE);
    }
    return split;
  }

  Machine machine() {
    return new Machine(javaHome, memory);
  }

  int runs() {
    return runs;
  }

  /** A share of a core only where there can be a control group. */
  List<Speed> speeds() {
    List<Speed> chosen = new ArrayList<>();
    if (speeds.contains("full")) {
      chosen.add(Speed.FULL);
    }
    if (speeds.contains("share") && Cgroup.available()) {
      chosen.add(new Speed(machine().share()));
    }
    return chosen;
  }

  /** Whoever runs whole rotations; the baseline first, if there is one. */
  List<Candidate> rotating(World world, Path folder) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    if (baseline != null) {
      candidates.add(
          Candidate.program(
              "baseline",
              baseline,
              world.everythingTrusted(),
              baselineZip == null
                  ? OptionalLong.empty()
                  : OptionalLong.of(Files.size(baselineZip))));
    }
    List<Candidate> ours = new ArrayList<>();
    for (Map.Entry<String, Path> zip : zips.entrySet()) {
      Path code = folder.resolve(zip.getKey());
      unpack(zip.getValue(), code);
      ours.add(
          Candidate.function(zip.getKey(), code, handler, asInTheTemplate(world, code))
              .ofSize(Files.size(zip.getValue())));
    }
    Candidate first = ours.get(0);
    javaOptions.forEach(
        (name, options) ->
            ours.add(
                first.with(
                    name,
                    Map.of(JAVA_OPTIONS, first.variables().get(JAVA_OPTIONS) + " " + options))));
    variables.forEach((name, more) -> ours.add(first.with(name, more)));
    candidates.addAll(ours);
    candidates.add(first.restored(first.name() + ", restored"));
    images.forEach((name, image) -> candidates.add(image(name, image, world)));
    commands.forEach(
        (name, command) ->
            candidates.add(
                Candidate.program(name, command, world.everythingTrusted(), OptionalLong.empty())));
    return candidates;
  }

  private Candidate image(String name, Path folder, World world) {
    Map<String, String> all = new LinkedHashMap<>(world.onAws());
    all.put("JAVA_HOME", javaHome.toString());
    return Candidate.program(name, "/bin/sh " + BOOTSTRAP, all, OptionalLong.empty()).in(folder);
  }

  /** What Lambda itself takes. */
  Candidate floor(World world) {
    Path classes =
        Path.of(FloorHandler.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    return Candidate.function("floor", classes, FloorHandler.class.getName(), world.onAws());
  }

  private static Map<String, String> asInTheTemplate(World world, Path code) {
    Map<String, String> all = new LinkedHashMap<>(world.onAws());
    String folder = System.getProperty("os.arch").equals("aarch64") ? "armv8" : "x86_64";
    all.put(
        JAVA_OPTIONS,
        String.format(
            Locale.ROOT,
            "-XX:CompileThresholdScaling=4 -Djava.library.path=%s/linux/%s/glibc --enable-native-access=ALL-UNNAMED -Djavax.net.ssl.trustStore=%s",
            code,
            folder,
            world.trustStore()));
    return all;
  }

  private static void unpack(Path zip, Path folder) throws IOException {
    if (!Files.exists(zip)) {
      throw new IOException("there is no file %s; 'mvn package' builds the zips".formatted(zip));
    }
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream entries = new ZipInputStream(file)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path target = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.resolveSibling(""));
          Files.copy(entries, target);
        }
      }
    }
  }
}
