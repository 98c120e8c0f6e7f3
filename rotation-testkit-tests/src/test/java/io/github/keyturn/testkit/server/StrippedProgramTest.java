package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrippedProgramTest {

  private final Path folder;

  StrippedProgramTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void stillRuns() throws Exception {
    Path whole = Path.of(System.getProperty("java.home"), "bin", "java");
    Path stripped = folder.resolve("java");
    try (InputStream in = Files.newInputStream(whole)) {
      StrippedProgram.copy(in, stripped);
    }
    Folders.makeReadable(stripped, true);

    assertThat(Files.size(stripped)).isLessThan(Files.size(whole));
    // As the program finds its libraries next to itself.
    Path inPlace = folder.resolve("bin/java");
    Files.createDirectory(inPlace.getParent());
    Files.move(stripped, inPlace);
    Files.createSymbolicLink(
        folder.resolve("lib"), Path.of(System.getProperty("java.home"), "lib"));
    Program.run(folder, List.of(inPlace.toString(), "-version"));
  }

  @Test
  void refusesWhatIsNoProgram() {
    byte[] text = "#!/bin/sh\n".repeat(1000).getBytes(UTF_8);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> StrippedProgram.copy(new ByteArrayInputStream(text), folder.resolve("script")))
        .withMessage("not a program for a 64-bit Linux: script");
  }

  @Test
  void refusesHalfAProgram() throws Exception {
    byte[] half;
    try (InputStream in =
        Files.newInputStream(Path.of(System.getProperty("java.home"), "bin", "java"))) {
      half = in.readNBytes(5000);
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> StrippedProgram.copy(new ByteArrayInputStream(half), folder.resolve("java")))
        .withMessage("the archive ends in the middle of java");
  }
}
