package io.github.keyturn.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that keeps the secrets. It is replaced as a whole, so that a crash leaves the old one or
 * the new one; only its owner may read it.
 */
final class StateFile implements AutoCloseable {

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path file;
  private final FileChannel lockChannel;

  private StateFile(Path file, FileChannel lockChannel) {
    this.file = file;
    this.lockChannel = lockChannel;
  }

  /** The lock is on a file of its own: a lock on the state file would go when it is replaced. */
  static StateFile lock(Path path) throws IOException {
    Path file = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException(
          "the folder of the state file %s does not exist; create it first".formatted(file));
    }
    FileChannel channel =
        FileChannel.open(
            sibling(file, ".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            ownerOnly());
    if (tryLock(channel) == null) {
      channel.close();
      throw new IOException(
          "the state file %s is in use by another process; stop that one, or name another file"
              .formatted(file));
    }
    return new StateFile(file, channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // held in this very process
      return null;
    }
  }

  Map<String, StoredSecret> read() throws IOException {
    if (!Files.exists(file)) {
      return Map.of();
    }
    return StateJson.read(Files.readAllBytes(file))
        .orElseThrow(
            () ->
                new IOException(
                    "%s is not a state file of this program, or damaged; it stays as it is: move it away, or name another file"
                        .formatted(file)));
  }

  void write(Map<String, StoredSecret> secrets) throws IOException {
    if (!lockChannel.isOpen()) {
      throw new IOException("the state file %s is closed".formatted(file));
    }
    Path next = sibling(file, ".new");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        FileChannel.open(
            next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly())) {
      ByteBuffer bytes = ByteBuffer.wrap(StateJson.write(secrets));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (POSIX) {
      syncFolder();
    }
  }

  /** Without it, a power failure could undo the rename. */
  private void syncFolder() throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static FileAttribute<?>[] ownerOnly() {
    Set<PosixFilePermission> readAndWrite = PosixFilePermissions.fromString("rw-------");
    return POSIX
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(readAndWrite)}
        : new FileAttribute<?>[0];
  }

  @Override
  public void close() throws IOException {
    lockChannel.close();
  }
}
