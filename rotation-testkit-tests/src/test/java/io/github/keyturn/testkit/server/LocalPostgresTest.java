package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalPostgresTest {

  @Test
  void runsAsNobodyForRootAndAsTheUserOtherwise() throws Exception {
    String self = Folders.self().getName();
    try (LocalPostgres server = LocalPostgres.start(Secret.of("password"), Map.of())) {
      Path key = server.folder().resolve("data/server.key");

      assertThat(Files.getOwner(key).getName()).isEqualTo(self.equals("root") ? "nobody" : self);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void keepsNoFileWithTheSuperusersPassword() throws Exception {
    try (LocalPostgres server = LocalPostgres.start(Secret.of("a needle"), Map.of());
        Stream<Path> files = Files.walk(server.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, ISO_8859_1)).as("%s", file).doesNotContain("a needle");
      }
    }
  }
}
