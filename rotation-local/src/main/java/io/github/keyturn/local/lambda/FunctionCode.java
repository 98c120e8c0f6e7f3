package io.github.keyturn.local.lambda;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * A function's code, laid out as Lambda does in {@code /var/task}: classes at the top, jars in
 * {@code lib}.
 */
final class FunctionCode implements AutoCloseable {

  private static final String HANDLER_SUFFIX = "RotationHandler.class";

  /** Lambda's own limit; without one, a small zip could fill the disk. */
  private static final long LARGEST_CODE = 250L * 1024 * 1024;

  private static final int BUFFER = 8192;
  private static final String BASE_HANDLER = "io.github.keyturn.RotationHandler";

  private final Path taskRoot;
  private final boolean temporary;

  private FunctionCode(Path taskRoot, boolean temporary) {
    this.taskRoot = taskRoot;
    this.temporary = temporary;
  }

  /** A folder is used where it is, a zip is unpacked into a folder of its own. */
  static FunctionCode of(Path zipOrFolder) throws IOException {
    if (Files.isDirectory(zipOrFolder)) {
      return new FunctionCode(zipOrFolder.toRealPath(), false);
    }
    FunctionCode code =
        new FunctionCode(Files.createTempDirectory("keyturn-task-").toRealPath(), true);
    try {
      unzip(zipOrFolder, code.taskRoot);
      return code;
    } catch (IOException e) {
      code.close();
      throw e;
    } catch (IllegalArgumentException e) {
      // a name that no file can have, or that is not UTF-8
      code.close();
      throw new ZipException("%s can't be unpacked: %s".formatted(zipOrFolder, e.getMessage()));
    }
  }

  /** Where the function's process starts, {@code LAMBDA_TASK_ROOT}. */
  Path taskRoot() {
    return taskRoot;
  }

  /** The names of the classes that by their name are rotation handlers, sorted. */
  List<String> handlers() throws IOException {
    SortedSet<String> handlers = new TreeSet<>();
    try (Stream<Path> files = Files.walk(taskRoot)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = taskRoot.relativize(file).toString();
        if (name.endsWith(".jar")) {
          addHandlersOf(file, handlers);
        } else {
          addIfHandler(name, handlers);
        }
      }
    }
    return List.copyOf(handlers);
  }

  private static void addHandlersOf(Path jar, SortedSet<String> handlers) throws IOException {
    try (ZipInputStream zip = open(jar)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        addIfHandler(entry.getName(), handlers);
      }
    }
  }

  private static void addIfHandler(String entry, SortedSet<String> handlers) {
    if (entry.endsWith(HANDLER_SUFFIX)) {
      String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
      if (!name.equals(BASE_HANDLER)) {
        handlers.add(name);
      }
    }
  }

  private static void unzip(Path file, Path folder) throws IOException {
    int entries = 0;
    long left = LARGEST_CODE;
    try (ZipInputStream zip = open(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new ZipException("%s has an entry outside itself: %s".formatted(file, entry));
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.resolveSibling(""));
          left -= copy(zip, target, left);
          if (left < 0) {
            throw new ZipException(
                "%s is larger than %d bytes when unpacked, which Lambda refuses"
                    .formatted(file, LARGEST_CODE));
          }
        }
        entries++;
      }
    }
    if (entries == 0) {
      throw new ZipException("%s is not a zip file, or is empty".formatted(file));
    }
  }

  /** Stops when there is more than this, and tells how much there was until then. */
  private static long copy(InputStream from, Path to, long most) throws IOException {
    long copied = 0;
    try (OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        out.write(buffer, 0, count);
        copied += count;
        if (copied > most) {
          return copied;
        }
      }
    }
    return copied;
  }

  private static ZipInputStream open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new FileNotFoundException(
          "there is no file %s; 'mvn package' builds the zips".formatted(file));
    }
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
    return new ZipInputStream(bytes);
  }

  /** Deletes what was unpacked. */
  @Override
  public void close() throws IOException {
    if (temporary) {
      try (Stream<Path> files = Files.walk(taskRoot)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
