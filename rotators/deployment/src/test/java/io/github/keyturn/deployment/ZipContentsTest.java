package io.github.keyturn.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A zip holds what {@code zips.txt} says, and nothing else: a new library costs every cold start,
 * so it is written down there by somebody who has thought about it. What the zips hold, with sizes,
 * goes to {@code target/zips.txt}.
 */
class ZipContentsTest {

  private static final Pattern JAR = Pattern.compile("lib/(?:z-)?(.+?)-\\d.*\\.jar");

  /** What lies open in a zip, by what its names begin with. */
  private static final Pattern OPEN =
      Pattern.compile(
          "(io/github/keyturn|org/crac|software/amazon/awssdk/crt|com/amazonaws/services/lambda/runtime/events/SecretsManagerRotationEvent)[/$.].*");

  private static final int KB = 1024;

  /** What must not come in with any library, either. */
  private static final List<Pattern> STRANGERS =
      Stream.of(
              "io/netty/.*",
              "org/apache/(http|hc)/.*",
              "org/apache/commons/logging/.*",
              "org/(junit|assertj|testcontainers|hamcrest)/.*",
              "io/github/keyturn/(local|testkit|cli)/.*",
              "com/fasterxml/jackson/.*",
              "com/google/gson/.*",
              "org/json/.*",
              "com/amazonaws/services/lambda/runtime/(api|serialization)/.*",
              "software/amazon/awssdk/services/(?!secretsmanager/|rds/).+",
              ".*Test\\.class")
          .map(Pattern::compile)
          .toList();

  private static final List<String> COMMON = new ArrayList<>();
  private static final Map<String, List<String>> EXPECTED = new TreeMap<>();
  private static final StringBuilder LISTING = new StringBuilder();

  static Stream<Path> zips() {
    return Template.get().functions().map(DeployedFunction::zip).distinct();
  }

  @BeforeAll
  static void readExpectations() throws IOException {
    List<String> jars = COMMON;
    try (InputStream file = ZipContentsTest.class.getResourceAsStream("/zips.txt")) {
      for (String line : new String(file.readAllBytes(), UTF_8).lines().toList()) {
        if (line.endsWith(".zip")) {
          jars = new ArrayList<>();
          EXPECTED.put(line, jars);
        } else if (line.startsWith(" ")) {
          jars.add(line.strip());
        }
      }
    }
  }

  @AfterAll
  static void writeListing() throws IOException {
    Files.writeString(Path.of("target", "zips.txt"), LISTING);
  }

  @Test
  void everyZipIsInTheTemplate() throws IOException {
    try (Stream<Path> built = Files.walk(Template.HOME.resolve("rotators"), 3)) {
      assertThat(built.filter(file -> file.toString().endsWith("-rotation.zip")))
          .containsExactlyInAnyOrderElementsOf(zips().toList());
    }
    assertThat(EXPECTED.keySet())
        .containsExactlyInAnyOrderElementsOf(
            zips().map(zip -> zip.getFileName().toString()).toList());
  }

  @ParameterizedTest
  @MethodSource("zips")
  void holdsTheExpectedJarsOnly(Path zip) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (ZipFile file = new ZipFile(zip.toFile())) {
      file.stream()
          .filter(entry -> !entry.isDirectory())
          .forEach(
              entry -> sizes.merge(part(entry.getName()), entry.getCompressedSize(), Long::sum));
    }
    LISTING.append("%s %d KB%n".formatted(zip.getFileName(), Files.size(zip) / KB));
    sizes.forEach((jar, size) -> LISTING.append("  %6d KB  %s%n".formatted(size / KB, jar)));

    Set<String> expected = new TreeSet<>(COMMON);
    expected.addAll(EXPECTED.get(zip.getFileName().toString()));
    assertThat(sizes.keySet()).isEqualTo(expected);
  }

  private static String part(String entry) {
    String jar = JAR.matcher(entry).replaceFirst("$1");
    return OPEN.matcher(jar).replaceFirst("$1");
  }

  @ParameterizedTest
  @MethodSource("zips")
  void holdsNoStrangers(Path zip) throws IOException {
    Map<String, Set<String>> found = new HashMap<>();
    try (ZipFile file = new ZipFile(zip.toFile())) {
      for (ZipEntry jar : file.stream().filter(entry -> !entry.isDirectory()).toList()) {
        if (isStranger(jar.getName())) {
          found.put(jar.getName(), Set.of());
        }
        try (ZipInputStream classes = new ZipInputStream(file.getInputStream(jar))) {
          for (ZipEntry entry = classes.getNextEntry();
              entry != null;
              entry = classes.getNextEntry()) {
            String name = entry.getName();
            if (isStranger(name)) {
              found.computeIfAbsent(jar.getName(), any -> new TreeSet<>()).add(name);
            }
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static boolean isStranger(String name) {
    return STRANGERS.stream().anyMatch(stranger -> stranger.matcher(name).matches());
  }

  /** Two builds of the same source make the same bytes, wherever and whenever they run. */
  @ParameterizedTest
  @MethodSource("zips")
  void bearsNoTimeOfItsBuild(Path zip) throws IOException {
    Set<LocalDateTime> times = new TreeSet<>();
    try (ZipFile file = new ZipFile(zip.toFile())) {
      for (ZipEntry entry : file.stream().toList()) {
        times.add(entry.getTimeLocal());
      }
    }
    assertThat(times).hasSize(1);
  }

  /** Nor of the umask there; and Lambda, which is another user, can read all. */
  @ParameterizedTest
  @MethodSource("zips")
  void bearsNoRightsOfItsBuild(Path zip) throws IOException {
    Set<String> rights = new TreeSet<>();
    try (FileSystem files =
            FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true));
        Stream<Path> entries = Files.walk(files.getPath("/"))) {
      for (Path entry : entries.filter(Files::isRegularFile).toList()) {
        rights.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(entry)));
      }
    }
    assertThat(rights).containsExactly("rw-r--r--");
  }

  @ParameterizedTest
  @MethodSource("zips")
  void everyHandlerIsAFunctionOfTheTemplate(Path zip) throws IOException {
    Set<String> deployed =
        Template.get()
            .rotators()
            .filter(function -> function.zip().equals(zip))
            .map(DeployedFunction::handler)
            .collect(Collectors.toSet());

    assertThat(ChildJvmFunction.handlers(zip)).containsExactlyInAnyOrderElementsOf(deployed);
  }
}
