package io.github.keyturn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Secret;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is told in one message, and nothing has been rotated. */
class RotateMistakesTest {

  private static final String A_PASSWORD = "not-to-be-seen";

  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final LocalEndpoint endpoint;

  RotateMistakesTest() throws IOException {
    endpoint = secrets.listen(0);
    secrets.createSecret("a", Secret.of("{\"password\":\"%s\"}".formatted(A_PASSWORD)));
  }

  @AfterEach
  void close() {
    secrets.close();
  }

  @Test
  void tellsThatTheSecretIsUnknown() {
    Cli rotate = rotate("b");

    assertThat(rotate.exitCode()).isEqualTo(1);
    assertThat(rotate.err()).contains("DescribeSecret on b", "check the secret's name");
    assertThat(rotate.out()).isEmpty();
  }

  @Test
  void wantsASecretId() {
    assertMistake(rotate(" "), "--secret-id must be the name or ARN of a secret");
  }

  @Test
  void tellsThatNothingAnswers() {
    String url = endpoint.url().toString();
    secrets.close();

    Cli rotate = Cli.run("rotate", "--secret-id", "a", "--endpoint-url", url);

    assertThat(rotate.exitCode()).isEqualTo(1);
    assertThat(rotate.err()).contains("Nothing answers at " + url, "'./keyturn local' starts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ht tp", "127.0.0.1:4599", "localhost:4599", "ftp://127.0.0.1", "http://"})
  void refusesABadUrl(String url) {
    assertMistake(
        Cli.run("rotate", "--secret-id", "a", "--endpoint-url=" + url),
        "--endpoint-url must be a URL such as http://127.0.0.1:4599, but is '%s'".formatted(url));
  }

  @Test
  void refusesAUrlWithAPasswordAndDoesNotRepeatIt() {
    Cli rotate =
        Cli.run("rotate", "--secret-id", "a", "--endpoint-url=http://me:" + A_PASSWORD + "@host");

    assertMistake(rotate, "but is 'http://***@host'");
    assertThat(rotate.err()).doesNotContain(A_PASSWORD);
  }

  @ParameterizedTest
  @CsvSource({
    "io.github.keyturn.Missing, set KEYTURN_CLASSPATH to the jars of your rotator",
    "java.lang.String, it must extend io.github.keyturn.RotationHandler",
    "io.github.keyturn.RotationHandler, must be a public class with a public constructor",
    "io.github.keyturn.cli.HiddenHandler, must be a public class with a public constructor",
    "io.github.keyturn.cli.BrokenHandler, no provider is configured",
    "io/github/keyturn/cli/DyingHandler, set KEYTURN_CLASSPATH"
  })
  void refusesAHandlerThatIsNone(String handler, String hint) {
    assertMistake(rotate("a", "--handler", handler), hint);
  }

  @Test
  void survivesAHandlerThatDiesAndHidesWhatItSaid() {
    Cli rotate = rotate("a", "--handler", DyingHandler.class.getName());

    assertThat(rotate.exitCode()).isEqualTo(1);
    assertThat(rotate.out()).contains("FAILED  createSecret");
    assertThat(rotate.err()).contains("createSecret failed: FAILED: java.lang.AssertionError");
    assertThat(rotate.out() + rotate.err()).doesNotContain(A_PASSWORD, "\tat ");
  }

  @Test
  void refusesAWrongSetting() throws Exception {
    try (Child rotate =
        Child.keyturn(
            Map.of("PASSWORD_LENGTH", "long"),
            "rotate",
            "--secret-id",
            "a",
            "--endpoint-url",
            endpoint.url().toString())) {
      assertThat(rotate.awaitEnd()).isEqualTo(2);
      assertThat(rotate.err())
          .contains("PASSWORD_LENGTH is 'long'; it must be a whole number")
          .doesNotContain("\tat ");
    }
  }

  private Cli rotate(String secretId, String... handler) {
    String[] arguments = new String[5 + handler.length];
    arguments[0] = "rotate";
    arguments[1] = "--secret-id";
    arguments[2] = secretId;
    arguments[3] = "--endpoint-url";
    arguments[4] = endpoint.url().toString();
    System.arraycopy(handler, 0, arguments, 5, handler.length);
    return Cli.run(arguments);
  }

  private static void assertMistake(Cli rotate, String hint) {
    assertThat(rotate.err()).contains(hint).doesNotContain("\tat ");
    assertThat(rotate.exitCode()).isEqualTo(2);
    assertThat(rotate.out()).isEmpty();
  }
}
