package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/** What the JDK leaves to everyone to write again. */
final class Folders {

  private Folders() {}

  static Path temporary() throws IOException {
    return Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
  }

  /** The user of this process, by the only witness that cannot be set: a file it has made. */
  static UserPrincipal self() throws IOException {
    Path file = Files.createTempFile("keyturn-", ".owner");
    try {
      return Files.getOwner(file);
    } finally {
      Files.delete(file);
    }
  }

  /** Deletes a folder with all that is in it, if it exists. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
