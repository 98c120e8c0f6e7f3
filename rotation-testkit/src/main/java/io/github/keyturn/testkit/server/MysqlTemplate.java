package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What all servers of a kind begin with. Their data is made once per machine and user and copied,
 * which takes a tenth of the time.
 *
 * @param binaries where the unpacked binaries are
 * @param data the data of a new server
 */
record MysqlTemplate(MysqlDistribution distribution, Path binaries, Path data) {

  // MySQL makes them where they are missing; clients without TLS ask for the second.
  private static final List<String> PASSWORD_KEYS = List.of("private_key.pem", "public_key.pem");
  private static final String IDENTITY = "auto.cnf";

  static MysqlTemplate of(MysqlDistribution distribution, ServerUser user) throws IOException {
    BinaryCache cache = BinaryCache.ofThisUser();
    Path binaries = distribution.unpacked(cache);
    String settings = BinaryCache.fingerprint(command(distribution, binaries, Path.of("data")));
    Path folder =
        cache.folder(
            binaries.getFileName() + "-data-" + settings,
            target -> initialize(distribution, binaries, user, target.resolve("data")));
    return new MysqlTemplate(distribution, binaries, folder.resolve("data"));
  }

  /** Copies the data into a server's folder, as their user. */
  void copyData(Path folder, ServerUser user) throws IOException {
    Program.run(folder, user.command(List.of("cp", "-R", data.toString(), folder + "/")));
  }

  /** The program with the settings that servers of this kind have in common. */
  List<String> command(Path dataOfServer) {
    return command(distribution, binaries, dataOfServer);
  }

  private static List<String> command(MysqlDistribution distribution, Path binaries, Path data) {
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve(distribution.program()).toString());
    command.add("--no-defaults");
    command.add("--basedir=" + binaries);
    command.add("--lc-messages-dir=" + binaries.resolve("share"));
    command.add("--datadir=" + data);
    // In an order that is the same in the next JVM, which looks for data by this command.
    new TreeMap<>(distribution.settings())
        .forEach((name, value) -> command.add(MysqlDistribution.option(name, value)));
    return command;
  }

  private static void initialize(
      MysqlDistribution distribution, Path binaries, ServerUser user, Path target)
      throws IOException {
    Path folder = createFolder(distribution, user);
    try {
      Path data = user.createFolder(folder, "data");
      distribution.initialize(command(distribution, binaries, data), folder, user);
      publish(data, target);
    } finally {
      Folders.delete(folder);
    }
  }

  /** A new folder of the servers' user. */
  static Path createFolder(MysqlDistribution distribution, ServerUser user) throws IOException {
    return user.createFolder(
        "keyturn-%s-".formatted(distribution.product().toLowerCase(Locale.ROOT)));
  }

  private static void publish(Path data, Path target) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(data)) {
      all = paths.filter(MysqlTemplate::isForEveryServer).toList();
    }
    for (Path path : all) {
      Path copy = target.resolve(data.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Folders.makeReadable(copy);
      } else {
        Files.copy(path, copy);
        Folders.makeReadable(copy, false);
      }
    }
  }

  private static boolean isForEveryServer(Path path) {
    String name = path.getFileName().toString();
    return !name.equals(IDENTITY) && (!name.endsWith(".pem") || PASSWORD_KEYS.contains(name));
  }
}
