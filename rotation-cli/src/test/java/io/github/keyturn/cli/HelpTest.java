package io.github.keyturn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

  private static final int TERMINAL_WIDTH = 80;

  @Test
  void describesEachCommandInOneWholeSentence() {
    Cli help = Cli.run("--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .containsPattern("\n  demo +[A-Z].*\\.\n")
        .containsPattern("\n  local +[A-Z].*\\.\n")
        .containsPattern("\n  rotate +[A-Z].*\\.\n")
        .containsPattern("\n  provider +[A-Z].*\\.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "local", "provider", "rotate"})
  void explainsACommand(String command) {
    Cli help = Cli.run(command, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).startsWith("Usage: keyturn " + command).contains("Exit codes:", "130");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= TERMINAL_WIDTH);
    assertThat(Cli.run("help", command).out()).isEqualTo(help.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "demo", "local", "rotate"})
  void tellsItsVersion(String command) {
    Cli version = command.isEmpty() ? Cli.run("--version") : Cli.run(command, "--version");

    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).startsWith("keyturn ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"provider check", "provider try", "demo http"})
  void explainsACommandOfACommand(String line) {
    String[] words = line.split(" ", -1);
    Cli help = Cli.run(words[0], words[1], "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).startsWith("Usage: keyturn " + line).contains("Exit codes:");
    assertThat(help.out().lines()).allMatch(text -> text.length() <= TERMINAL_WIDTH);
  }

  @Test
  void namesTheDefaultHandler() {
    assertThat(Cli.run("rotate", "--help").out())
        .contains(
            "Without --handler: io.github.keyturn.postgres.PostgresSingleUserRotationHandler");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "--bogus",
        "rotate",
        "rotate --secret-id",
        "demo oracle",
        "provider",
        "provider check",
        "provider try sendgrid",
        "demo --strategy three-users",
        "demo postgres --strategy dual-password",
        "demo postgres --topology cluster",
        "demo redis --strategy single-user",
        "demo redis --strategy",
        "demo redis --topology ring",
        "demo redis --topology",
        "local --port many",
        "local --port -1",
        "local --port 65536"
      })
  void endsWith2AfterAUsageError(String line) {
    Cli wrong = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).isNotBlank();
    assertThat(wrong.out()).isEmpty();
  }

  @Test
  void namesTheStrategiesAfterAWrongOne() {
    assertThat(Cli.run("demo", "--strategy", "three-users").err())
        .contains(
            "it must be dual-password, single-user, alternating-users, acl-user or requirepass,"
                + " but is 'three-users'");
  }

  @Test
  void namesTheStrategiesOfTheServer() {
    assertThat(Cli.run("demo", "postgres", "--strategy", "dual-password").err())
        .contains("postgres has no strategy dual-password; it has single-user, alternating-users.");
    assertThat(Cli.run("demo", "redis", "--strategy", "single-user").err())
        .contains("redis has no strategy single-user; it has acl-user, requirepass.");
  }

  @Test
  void namesTheTopologiesAfterAWrongOne() {
    assertThat(Cli.run("demo", "redis", "--topology", "ring").err())
        .contains("[STANDALONE, REPLICA, CLUSTER] (case-insensitive) but was 'ring'");
    assertThat(Cli.run("demo", "mysql", "--topology", "replica").err())
        .contains("mysql is one server here; --topology is for redis.");
  }

  @Test
  void printsNoEscapesWhereNoTerminalIs() {
    for (Cli run : List.of(Cli.run("--help"), Cli.run("bogus"), Cli.run("rotate", "--help"))) {
      assertThat(run.out() + run.err()).doesNotContain("\u001b");
    }
  }
}
