package io.github.keyturn.image;

import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * A function as a container image has it in {@code /var/task}. Unlike Lambda's managed runtimes it
 * has all of its code on the JVM's class path, the runtime interface client first: an AOT cache
 * holds only classes that are there, in jars and not in folders.
 *
 * <ul>
 *   <li>{@code runtime}: the runtime interface client
 *   <li>{@code lib}: the function; {@code 0-function.jar} has what lies open in its zip
 *   <li>{@code handler}: the name of its class
 *   <li>{@code java.options}: an argument file for {@code java}
 *   <li>{@code function.aot}: the cache, and {@code function.aot.origin}: what it was made of
 * </ul>
 */
public final class ImageFolder {

  static final String MAIN_CLASS = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  private static final String LIBRARY_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";
  private static final String LIBRARY = "libaws-lambda-jni.so";
  private static final String OPEN_FILES = "0-function.jar";

  /** The zips' assembly puts the SDK's jars last on the class path by it. */
  private static final String SDK_JAR = "z-";

  private static final String SDK_CLASS = "software/amazon/";

  /** A cache knows its jars by time, too, and not every copy keeps fractions of a second. */
  private static final FileTime TIME = FileTime.from(Instant.parse("2000-01-01T00:00:00Z"));

  private static final long ZIP_TIME = TIME.toMillis();

  private final Path folder;

  private ImageFolder(Path folder) {
    this.folder = folder;
  }

  /** One that has been laid out before. */
  static ImageFolder at(Path folder) {
    return new ImageFolder(folder.toAbsolutePath().normalize());
  }

  /**
   * Lays out a deployment package.
   *
   * @param handler the handler's class
   * @param folder where it is run from, too; what is in it is replaced
   */
  public static ImageFolder of(Path zip, String handler, Path folder) throws IOException {
    ImageFolder image = at(folder);
    Files.createDirectories(image.lib());
    Files.createDirectories(image.runtime());
    image.unpack(zip);
    image.addRuntime();
    Files.write(image.folder.resolve("java.options"), image.options());
    Files.writeString(image.folder.resolve("handler"), handler);
    return image;
  }

  /** What starts the function, but for its heap's size and its cache. */
  List<String> command(Path javaHome, List<String> more) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(javaHome.resolve("bin").resolve("java").toString());
    line.add("@" + folder.resolve("java.options"));
    line.addAll(more);
    line.add(MAIN_CLASS);
    line.add(handler());
    return List.copyOf(line);
  }

  Path folder() {
    return folder;
  }

  /** The handler's class. */
  String handler() throws IOException {
    return Files.readString(folder.resolve("handler"));
  }

  /** The AOT cache. */
  public Path cache() {
    return folder.resolve("function.aot");
  }

  /** What the cache was made of. */
  Path origin() {
    return folder.resolve("function.aot.origin");
  }

  /** A line for each file that a cache depends on, in their order. */
  List<String> fingerprint() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(line(folder.resolve("java.options")));
    for (Path jar : Stream.of(runtime(), lib()).flatMap(ImageFolder::jars).toList()) {
      lines.add(line(jar));
    }
    return lines;
  }

  private String line(Path file) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return "%s  %s".formatted(HexFormat.of().formatHex(hash), folder.relativize(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Lays out the function's code without the SDK and its native client, of which it loads a small
   * part.
   */
  void copyWithoutSdk(Path target) throws IOException {
    Path libraries = Files.createDirectories(target.resolve("lib"));
    for (Path jar : jars(lib()).toList()) {
      String name = jar.getFileName().toString();
      if (name.equals(OPEN_FILES)) {
        copyOwnClasses(jar, target);
      } else if (!name.startsWith(SDK_JAR)) {
        Files.copy(jar, libraries.resolve(name));
      }
    }
  }

  private static void copyOwnClasses(Path jar, Path target) throws IOException {
    try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(jar))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (!entry.getName().startsWith(SDK_CLASS)) {
          Path file = target.resolve(entry.getName());
          Files.createDirectories(file.resolveSibling(""));
          Files.copy(entries, file);
        }
      }
    }
  }

  private Path lib() {
    return folder.resolve("lib");
  }

  private Path runtime() {
    return folder.resolve("runtime");
  }

  private void unpack(Path zip) throws IOException {
    Map<String, byte[]> open = new TreeMap<>();
    try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        String name = entry.getName();
        if (entry.isDirectory()) {
          continue;
        }
        if (name.endsWith(".jar") || name.endsWith(".so")) {
          write(name, entries.readAllBytes());
        } else {
          open.put(name, entries.readAllBytes());
        }
      }
    }
    if (!open.isEmpty()) {
      Path jar = lib().resolve(OPEN_FILES);
      try (OutputStream file = Files.newOutputStream(jar)) {
        pack(open, file);
      }
      Files.setLastModifiedTime(jar, TIME);
    }
  }

  private void write(String name, byte[] content) throws IOException {
    Path target = folder.resolve(name).normalize();
    if (!target.startsWith(folder)) {
      throw new ZipException("the zip has an entry outside itself: " + name);
    }
    Files.createDirectories(target.resolveSibling(""));
    Files.write(target, content);
    Files.setLastModifiedTime(target, TIME);
  }

  private static void pack(Map<String, byte[]> files, OutputStream jar) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(jar)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTime(ZIP_TIME);
        zip.putNextEntry(entry);
        zip.write(file.getValue());
      }
    }
  }

  private void addRuntime() throws IOException {
    for (Class<?> part :
        List.of(
            LambdaRuntime.class,
            AWSLambda.class,
            PojoSerializer.class,
            SdkInternalThreadLocal.class)) {
      Path jar = jar(part);
      write("runtime/" + jar.getFileName(), Files.readAllBytes(jar));
    }
    String processor = isArm() ? "aarch_64" : "x86_64";
    String name = "/jni/libaws-lambda-jni.linux-%s.so".formatted(processor);
    try (InputStream library = AWSLambda.class.getResourceAsStream(name)) {
      if (library == null) {
        throw new FileNotFoundException("the runtime interface client has no " + name);
      }
      write("runtime/" + LIBRARY, library.readAllBytes());
    }
  }

  private static Path jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no file holds " + type, e);
    }
  }

  private static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }

  /**
   * As Lambda's managed runtimes have them, but that the JVM compiles later: with the cache,
   * classes are there at once, and compiling is what takes most of the start.
   */
  private List<String> options() throws IOException {
    List<String> options = new ArrayList<>();
    options.add("-XX:+UseSerialGC");
    options.add("-XX:TieredStopAtLevel=1");
    options.add("-XX:CompileThresholdScaling=4");
    options.add("--add-opens=java.base/java.io=ALL-UNNAMED");
    options.add("--enable-native-access=ALL-UNNAMED");
    options.add("-XX:+ErrorFileToStderr");
    options.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    options.add("-D%s=%s".formatted(LIBRARY_PROPERTY, runtime().resolve(LIBRARY)));
    Path libraries = folder.resolve("linux").resolve(isArm() ? "armv8" : "x86_64").resolve("glibc");
    if (Files.isDirectory(libraries)) {
      options.add("-Djava.library.path=" + libraries);
    }
    options.add("-classpath");
    options.add(
        Stream.of(runtime(), lib())
            .flatMap(ImageFolder::jars)
            .map(Path::toString)
            .collect(Collectors.joining(":")));
    return options;
  }

  private static Stream<Path> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
