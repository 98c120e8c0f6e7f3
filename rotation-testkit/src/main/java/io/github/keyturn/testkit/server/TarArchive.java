package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Unpacks a tar archive for everyone to read. */
final class TarArchive {

  private TarArchive() {}

  /** Unpacks the wanted entries; the caller closes the stream. */
  static void unpack(InputStream archive, Path target, Predicate<String> wanted)
      throws IOException {
    @SuppressWarnings("resource") // holds nothing but the caller's stream
    TarArchiveInputStream tar = new TarArchiveInputStream(archive);
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path path = target.resolve(entry.getName()).normalize();
      if (!path.startsWith(target)) {
        throw new IOException("the archive has an entry outside of itself: " + entry.getName());
      }
      if (wanted.test(entry.getName())) {
        unpack(tar, entry, path);
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Folders.makeReadable(path);
      return;
    }
    Folders.makeReadable(path.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, path);
      Folders.makeReadable(path, (entry.getMode() & 0100) != 0);
    }
  }
}
