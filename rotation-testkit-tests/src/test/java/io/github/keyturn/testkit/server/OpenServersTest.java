package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenServersTest {

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "mariadb"})
  void areGoneWhenTheJvmEndsWithoutClosingThem(String name) throws Exception {
    Path folder = Path.of(runForgetful(name).strip());

    assertThat(folder.getFileName().toString()).startsWith("keyturn-" + name + "-");
    assertThat(folder).doesNotExist();
    assertThat(
            ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()))
        .noneMatch(command -> command.contains(folder.toString()));
  }

  private static String runForgetful(String name) throws Exception {
    Path output = Files.createTempFile("keyturn-", ".output");
    try {
      Process jvm =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-cp",
                      System.getProperty("java.class.path"),
                      Forgetful.class.getName(),
                      name))
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(jvm.waitFor()).isZero();
      return Files.readString(output);
    } finally {
      Files.delete(output);
    }
  }

  /** Starts a server and ends. */
  static final class Forgetful {
    private Forgetful() {}

    public static void main(String[] arguments) {
      DatabaseServer server =
          switch (arguments[0]) {
            case "postgres" -> PostgresServer.start();
            case "mysql" -> MysqlServer.start();
            default -> MariaDbServer.start();
          };
      System.out.println(server.folder());
    }
  }
}
