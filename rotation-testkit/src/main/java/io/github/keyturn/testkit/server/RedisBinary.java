package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The Redis program: the one that Maven brings, unpacked once per machine and user, or another one
 * that {@code KEYTURN_REDIS_SERVER} names, such as a newer Redis or a Valkey.
 */
final class RedisBinary {

  static final String VARIABLE = "KEYTURN_REDIS_SERVER";
  private static final String NAME = "redis-server";

  private RedisBinary() {}

  static Path path() throws IOException {
    String other = System.getenv(VARIABLE);
    if (other != null && !other.isBlank()) {
      return Path.of(other);
    }
    URL resource = resource();
    return BinaryCache.ofThisUser()
        .folder(
            "redis-" + BinaryCache.fingerprint(resource.getPath()),
            folder -> unpack(resource, folder.resolve(NAME)))
        .resolve(NAME);
  }

  private static void unpack(URL resource, Path program) throws IOException {
    try (InputStream in = resource.openStream()) {
      Files.copy(in, program);
    }
    Folders.makeReadable(program, true);
  }

  private static URL resource() throws IOException {
    String name = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
    URL resource = RedisBinary.class.getResource(name);
    if (resource == null) {
      throw new IOException(
          "no Redis on the class path (%s): add com.github.codemonstur:embedded-redis as a test dependency, or let %s name a redis-server"
              .formatted(name, VARIABLE));
    }
    return resource;
  }

  static String resource(String osName, String osArch) {
    String system = osName.startsWith("Mac") ? "darwin" : osName.toLowerCase(Locale.ROOT);
    boolean arm = osArch.equals("aarch64");
    // the artifact's own names; v5 is 6.2.11
    String version = arm && system.equals("linux") ? "6.2.7" : "6.2.6-v5";
    return "/redis-server-" + version + "-" + system + (arm ? "-arm64" : "-amd64");
  }
}
