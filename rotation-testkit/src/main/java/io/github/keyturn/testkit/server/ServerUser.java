package io.github.keyturn.testkit.server;

import static java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;

/** Whom a server runs as: this process's user, except that root steps down to nobody. */
final class ServerUser {

  private static final String NOBODY = "nobody";

  private final UserPrincipal principal;
  private final List<String> stepDown;

  private ServerUser(UserPrincipal principal, List<String> stepDown) {
    this.principal = principal;
    this.stepDown = stepDown;
  }

  static ServerUser forThisProcess() throws IOException {
    UserPrincipal self = Folders.self();
    if (!self.getName().equals("root")) {
      return new ServerUser(self, List.of());
    }
    requireSetpriv();
    Path temporary = Folders.temporary();
    var principals = temporary.getFileSystem().getUserPrincipalLookupService();
    UserPrincipal nobody = principals.lookupPrincipalByName(NOBODY);
    requireEveryoneMayEnter(temporary);
    // By number, because nobody's group is nogroup on Debian and nobody elsewhere.
    return new ServerUser(
        nobody, List.of("setpriv", "--reuid=" + NOBODY, "--regid=65534", "--clear-groups", "--"));
  }

  private static void requireSetpriv() throws IOException {
    try {
      Program.run(Folders.temporary(), List.of("setpriv", "--version"));
    } catch (IOException e) {
      throw new IOException(
          "a database server refuses to run as root, and setpriv, which would start it as nobody, is"
              + " missing: install util-linux, or run as another user",
          e);
    }
  }

  private static void requireEveryoneMayEnter(Path folder) throws IOException {
    for (Path path = folder; path != null; path = path.getParent()) {
      if (!Files.getPosixFilePermissions(path).contains(OTHERS_EXECUTE)) {
        throw new IOException(
            "started by root, a server runs as nobody, who may not enter "
                + path
                + ": set java.io.tmpdir to a folder that everyone may enter");
      }
    }
  }

  /** The command as this user. */
  List<String> command(List<String> command) {
    List<String> whole = new ArrayList<>(stepDown);
    whole.addAll(command);
    return whole;
  }

  /** A new folder of this user's, closed to everyone else. */
  Path createFolder(String prefix) throws IOException {
    return give(Files.createTempDirectory(Folders.temporary(), prefix));
  }

  /** A new folder of this user's within one that is theirs. */
  Path createFolder(Path parent, String name) throws IOException {
    return give(Files.createDirectory(parent.resolve(name)));
  }

  /** A new file of this user's, closed to everyone else. */
  Path createFile(Path file) throws IOException {
    return give(
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  private Path give(Path path) throws IOException {
    return stepDown.isEmpty() ? path : Files.setOwner(path, principal);
  }
}
