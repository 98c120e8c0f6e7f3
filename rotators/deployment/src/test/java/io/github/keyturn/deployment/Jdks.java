package io.github.keyturn.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The JDKs of this machine that matter: those of Lambda's runtimes, and the oldest we build for.
 */
final class Jdks {

  private static final List<Integer> WANTED = List.of(17, 21, 25);
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  private Jdks() {}

  /** Their homes by version, never empty: this one is there. */
  static Map<Integer, Path> found() {
    Map<Integer, Path> homes = new TreeMap<>();
    Stream.concat(
            Stream.of(Path.of(System.getProperty("java.home"))),
            Stream.of("/usr/lib/jvm", "/opt/java").map(Path::of).flatMap(Jdks::folders))
        .forEach(
            home -> {
              int version = version(home);
              if (WANTED.contains(version)) {
                homes.putIfAbsent(version, home);
              }
            });
    return homes;
  }

  private static Stream<Path> folders(Path parent) {
    if (!Files.isDirectory(parent)) {
      return Stream.of();
    }
    try (Stream<Path> folders = Files.list(parent)) {
      return folders.sorted().toList().stream();
    } catch (IOException e) {
      return Stream.of();
    }
  }

  private static int version(Path home) {
    try {
      Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
      return version.find() && Files.isExecutable(home.resolve("bin/java"))
          ? Integer.parseInt(version.group(1))
          : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
