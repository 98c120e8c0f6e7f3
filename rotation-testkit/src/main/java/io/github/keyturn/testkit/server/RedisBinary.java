package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The Redis program: the one that Maven brings, or another one that {@code KEYTURN_REDIS_SERVER}
 * names, such as a newer Redis or a Valkey.
 */
final class RedisBinary {

  static final String VARIABLE = "KEYTURN_REDIS_SERVER";

  private static @Nullable Path unpacked;

  private RedisBinary() {}

  static synchronized Path path() throws IOException {
    String other = System.getenv(VARIABLE);
    if (other != null && !other.isBlank()) {
      return Path.of(other);
    }
    if (unpacked == null) {
      unpacked = unpack();
    }
    return unpacked;
  }

  private static Path unpack() throws IOException {
    String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
    Path folder = Files.createTempDirectory(Folders.temporary(), "keyturn-redis-binary-");
    RedisServer.atExit(folder);
    Path binary = folder.resolve("redis-server");
    try (InputStream in = RedisBinary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(
            "no Redis on the class path (%s): add com.github.codemonstur:embedded-redis as a test dependency, or let %s name a redis-server"
                .formatted(resource, VARIABLE));
      }
      Files.copy(in, binary);
    }
    return Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
  }

  static String resource(String osName, String osArch) {
    String system = osName.startsWith("Mac") ? "darwin" : osName.toLowerCase(Locale.ROOT);
    boolean arm = osArch.equals("aarch64");
    // the artifact's own names: 6.2.7 has no build for Linux on x86-64, and v5 is 6.2.11
    String version = arm && system.equals("linux") ? "6.2.7" : "6.2.6-v5";
    return "/redis-server-" + version + "-" + system + (arm ? "-arm64" : "-amd64");
  }
}
