package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StubLibraryTest {

  private static final String LOADER = "/lib64/ld-linux-x86-64.so.2";

  @Test
  void isAllThatMysqlLacks(@TempDir Path folder) throws Exception {
    Path binaries = new MysqlBinaries().unpacked(BinaryCache.ofThisUser());
    Path program = binaries.resolve("bin/mysqld");

    // All symbols with their versions are looked up, and found in no other folder than this.
    Program.run(
        folder,
        Map.of("LD_BIND_NOW", "1"),
        List.of(LOADER, program.toString(), "--no-defaults", "--version"));
    for (String name : List.of("libaio.so.1", "libnuma.so.1")) {
      assertThat(librariesOf(program)).contains(name + " => " + binaries.resolve("bin/../lib"));
    }
  }

  @Test
  void isMissedByMysqlWhereItIsNot(@TempDir Path folder) throws Exception {
    Path binaries = new MysqlBinaries().unpacked(BinaryCache.ofThisUser());
    Path copy = folder.resolve("mysql");
    Program.run(folder, List.of("cp", "-R", binaries.toString(), copy.toString()));
    Path library = copy.resolve("lib/private/libaio.so.1");
    Files.write(library, StubLibrary.of("libaio.so.1", Map.of("LIBAIO_0.1", List.of("io_submit"))));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                Program.run(
                    folder,
                    List.of(copy.resolve("bin/mysqld").toString(), "--no-defaults", "--version")))
        .withMessageContaining("version `LIBAIO_0.4' not found");
  }

  @Test
  void hasAnEnd() {
    List<String> many = IntStream.range(0, 200).mapToObj(i -> "function_" + i).toList();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> StubLibrary.of("libmany.so.1", Map.of("many_1.0", many)));
  }

  private static String librariesOf(Path program) throws Exception {
    Process process = new ProcessBuilder(LOADER, "--list", program.toString()).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
