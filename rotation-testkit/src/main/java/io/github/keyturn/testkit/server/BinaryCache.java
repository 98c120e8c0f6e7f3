package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Folders that are expensive to make, kept once per machine and user. */
record BinaryCache(Path folder) {

  /** Written last, it lists what must be there: who finds it incomplete makes the folder again. */
  private static final String INVENTORY = "inventory";

  /** Fills a folder that exists and is empty. */
  @FunctionalInterface
  interface Recipe {
    void make(Path target) throws IOException;
  }

  static BinaryCache ofThisUser() throws IOException {
    return new BinaryCache(Folders.temporary().resolve("keyturn-" + Folders.self().getName()));
  }

  /** A folder of that name, made by the recipe unless it is there and complete. */
  Path folder(String name, Recipe recipe) throws IOException {
    synchronized (BinaryCache.class) {
      claim();
      Path target = folder.resolve(name);
      try (FileChannel channel = FileChannel.open(folder.resolve(name + ".lock"), CREATE, WRITE)) {
        // Freed with the channel, or by the kernel when this process dies.
        channel.lock();
        if (!isComplete(target)) {
          Path partial = folder.resolve(name + ".partial");
          Folders.delete(partial);
          Folders.makeReadable(partial);
          recipe.make(partial);
          Files.write(partial.resolve(INVENTORY), inventory(partial), UTF_8);
          Folders.delete(target);
          Files.move(partial, target, ATOMIC_MOVE);
        }
      }
      return target;
    }
  }

  /** In a folder for everyone, such as /tmp, somebody else may have made ours first. */
  private void claim() throws IOException {
    try {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, Folders.READABLE_FOLDER);
    } catch (FileAlreadyExistsException e) {
      PosixFileAttributes found =
          Files.readAttributes(folder, PosixFileAttributes.class, NOFOLLOW_LINKS);
      boolean othersWrite =
          found.permissions().contains(GROUP_WRITE) || found.permissions().contains(OTHERS_WRITE);
      if (!found.isDirectory() || !found.owner().equals(Folders.self()) || othersWrite) {
        throw new IOException(
            "%s must be a folder that only %s can write to, but is %s of %s with %s: delete it, or set java.io.tmpdir"
                .formatted(
                    folder,
                    Folders.self().getName(),
                    found.isDirectory() ? "a folder" : "no folder",
                    found.owner().getName(),
                    PosixFilePermissions.toString(found.permissions())),
            e);
      }
    }
  }

  private static List<String> inventory(Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> paths = Files.walk(target)) {
      files = paths.filter(path -> Files.isRegularFile(path, NOFOLLOW_LINKS)).toList();
    }
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      lines.add(Files.size(file) + " " + target.relativize(file));
    }
    return lines;
  }

  private static boolean isComplete(Path target) throws IOException {
    Path inventory = target.resolve(INVENTORY);
    if (!Files.exists(inventory)) {
      return false;
    }
    for (String line : Files.readAllLines(inventory)) {
      int space = line.indexOf(' ');
      Path file = target.resolve(line.substring(space + 1));
      if (!Files.exists(file) || Files.size(file) != Long.parseLong(line.substring(0, space))) {
        return false;
      }
    }
    return true;
  }

  /** A short name for the content of an archive. */
  static String fingerprint(URL archive) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = archive.openStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return shortened(digest);
  }

  /** A short name for what a folder is made from. */
  static String fingerprint(Object ingredients) {
    MessageDigest digest = sha256();
    digest.update(ingredients.toString().getBytes(UTF_8));
    return shortened(digest);
  }

  private static String shortened(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
