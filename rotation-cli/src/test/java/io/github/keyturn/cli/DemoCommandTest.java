package io.github.keyturn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class DemoCommandTest {

  /** A password of ours, a RotationToken: whatever is as long as they are, and has no blanks. */
  private static final Pattern LONG_WORD = Pattern.compile("\\S{30,}");

  private static final Pattern FINISHED =
      Pattern.compile(
          "finishSecret .* AWSCURRENT=(\\w{8})  AWSPENDING=\\1  AWSPREVIOUS=(\\w{8})\n");

  @Test
  void showsHowASingleUserRotatesAndRecovers() {
    Cli demo = Cli.run("demo");

    assertThat(demo.err()).isEmpty();
    assertThat(demo.exitCode()).isZero();
    assertLabelsMove(demo.out());
    assertThat(demo.out())
        .contains(
            "AWSCURRENT ('app') logs in",
            "the old value is refused for new logins",
            "FAILED  testSecret",
            "AWSCURRENT is refused now",
            "recovered: the abandoned version",
            "from setSecret until it has read the new value",
            "none of the 5 passwords")
        .doesNotContain("\u001b")
        .doesNotContainPattern(LONG_WORD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "mariadb"})
  void showsHowAlternatingUsersRotateAndRecover(String target) {
    Cli demo = Cli.run("demo", target, "--strategy", "alternating-users");

    assertThat(demo.err()).isEmpty();
    assertThat(demo.exitCode()).isZero();
    assertLabelsMove(demo.out());
    assertThat(demo.out())
        .contains(
            "AWSCURRENT ('app_clone') logs in",
            "the old value ('app') still logs in",
            "FAILED  testSecret",
            "AWSCURRENT still logs in too",
            "AWSPREVIOUS ('app_clone') logs in",
            "recovered: AWSCURRENT never failed",
            "was refused 0 times",
            "none of the 5 passwords")
        .doesNotContain("\u001b")
        .doesNotContainPattern(LONG_WORD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb"})
  void showsHowAUserWithTwoPasswordsRotatesAndRecovers(String target) {
    Cli demo = Cli.run("demo", target);

    assertThat(demo.err()).isEmpty();
    assertThat(demo.exitCode()).isZero();
    assertLabelsMove(demo.out());
    assertThat(demo.out())
        .contains(
            "strategy dual-password",
            "AWSCURRENT ('app') logs in",
            "the old value ('app') still logs in",
            "FAILED  testSecret",
            "AWSCURRENT still logs in too: the user has both passwords",
            "AWSPREVIOUS ('app') logs in",
            "recovered: AWSCURRENT never failed",
            "was refused 0 times",
            "none of the 5 passwords")
        .doesNotContain("\u001b")
        .doesNotContainPattern(LONG_WORD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb"})
  void showsWhatTheSecondPasswordIsFor(String target) {
    Cli demo = Cli.run("demo", target, "--strategy", "single-user");

    assertThat(demo.err()).isEmpty();
    assertThat(demo.exitCode()).isZero();
    assertLabelsMove(demo.out());
    assertThat(demo.out())
        .contains(
            "the old value is refused for new logins",
            "AWSCURRENT is refused now",
            "recovered: the abandoned version",
            "from setSecret until it has read the new value",
            "none of the 5 passwords")
        .doesNotContain("was refused 0 times");
  }

  @ParameterizedTest
  @CsvSource({
    "acl-user,    app,     standalone, (one server) on, ''",
    "acl-user,    app,     replica,    (a primary and its replica) on, ' on each of 2 nodes'",
    "acl-user,    app,     cluster,    (a cluster of three) on, ' on each of 3 nodes'",
    "requirepass, default, replica,    (a primary and its replica) on, ' on each of 2 nodes'"
  })
  void showsHowAUserOfRedisRotatesAndRecoversOnEachNode(
      String strategy, String user, String topology, String servers, String where) {
    Cli demo = Cli.run("demo", "redis", "--strategy", strategy, "--topology", topology);

    assertThat(demo.err()).isEmpty();
    assertThat(demo.exitCode()).isZero();
    assertLabelsMove(demo.out());
    assertThat(demo.out())
        .contains(
            "Redis " + servers,
            "strategy " + strategy,
            "AWSCURRENT ('%s') logs in%s\n".formatted(user, where),
            "the old value ('%s') still logs in%s:".formatted(user, where),
            "FAILED  testSecret",
            "AWSCURRENT still logs in too: the user has both passwords",
            "AWSPREVIOUS ('%s') logs in%s\n".formatted(user, where),
            "the user has the old password and the new" + where,
            " times%s, and was refused 0 times".formatted(where),
            "every statement, and none of the 5 passwords")
        .doesNotContain("\u001b")
        .doesNotContainPattern(LONG_WORD);
  }

  @Test
  void needsNoProfileAndNoProxy() throws Exception {
    Map<String, String> environment =
        Map.of(
            "AWS_PROFILE", "no-such-profile",
            "AWS_REGION", "eu-central-1",
            "HTTP_PROXY", "http://127.0.0.1:9",
            "http_proxy", "http://127.0.0.1:9");
    try (Child demo = Child.keyturn(environment, "demo")) {
      assertThat(demo.awaitEnd()).as(demo.out() + demo.err()).isZero();
    }
  }

  @Test
  void tellsWhyAStepFailedAndEndsWith1() throws Exception {
    // half of the credentials, which the SDK refuses to sign with
    Map<String, String> environment = Map.of("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    try (Child demo = Child.keyturn(environment, "demo")) {
      assertThat(demo.awaitEnd()).isEqualTo(1);
      assertThat(demo.out()).contains("FAILED  createSecret");
      assertThat(demo.err())
          .contains("the demo's rotation failed: createSecret: ")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void keepsEverythingRunningUntilItIsEnded() throws Exception {
    try (Child demo = Child.keyturn(Map.of(), "demo", "--keep").awaitOutput("psql ")) {
      Map<String, String> exports = demo.exports();
      assertThat(demo.out())
          .contains(
              "aws secretsmanager describe-secret --secret-id demo/app\n",
              "aws secretsmanager list-secret-version-ids --secret-id demo/app --include-deprecated\n",
              "aws secretsmanager get-secret-value --secret-id demo/app --version-stage AWSPREVIOUS\n",
              "aws secretsmanager rotate-secret --secret-id demo/app\n",
              "./keyturn rotate --secret-id demo/app --handler ");
      try (SecretsManagerClient client = ExportedClient.of(exports)) {
        assertThat(
                client
                    .listSecretVersionIds(r -> r.secretId("demo/app").includeDeprecated(true))
                    .versions())
            .hasSizeGreaterThan(2);
        client.rotateSecret(r -> r.secretId("demo/app"));
        demo.awaitOutputTimes("finishSecret ", 3);
      }
      try (Child rotate = Child.keyturn(exports, "rotate", "--secret-id", "demo/app")) {
        assertThat(rotate.awaitEnd()).as(rotate.out() + rotate.err()).isZero();
      }
      int port = portOf(demo.out());
      new Socket(InetAddress.getLoopbackAddress(), port).close();

      assertThat(demo.terminate()).isEqualTo(143);

      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(ConnectException.class);
      Path bundle = Path.of(Objects.requireNonNull(exports.get("TLS_CA_BUNDLE")));
      assertThat(Files.exists(Objects.requireNonNull(bundle.getParent()))).isFalse();
    }
  }

  private static void assertLabelsMove(String out) {
    List<String> finished = FINISHED.matcher(out).results().map(r -> r.group(1)).toList();
    List<String> previous = FINISHED.matcher(out).results().map(r -> r.group(2)).toList();
    assertThat(finished).hasSize(2).doesNotHaveDuplicates();
    assertThat(previous.get(1)).isEqualTo(finished.get(0));
  }

  private static int portOf(String out) {
    Matcher matcher = Pattern.compile("PostgreSQL on 127\\.0\\.0\\.1:(\\d+)").matcher(out);
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
