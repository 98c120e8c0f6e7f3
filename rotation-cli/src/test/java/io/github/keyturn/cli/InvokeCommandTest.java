package io.github.keyturn.cli;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvokeCommandTest {

  private final Path folder;
  private final Path zip;
  private final Path event;

  InvokeCommandTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.zip = DeploymentPackage.of(folder, ObedientRotationHandler.class);
    this.event = Files.writeString(folder.resolve("event.json"), "{\"Step\":\"createSecret\"}");
  }

  @Test
  void printsTheAnswerAndWhatLambdaWouldReport() throws Exception {
    String file = env("{\"Parameters\": {\"AWS_REGION\": \"eu-west-1\"}}");

    Cli invoke = invoke("--name", "app", "--memory", "256", "--env-file", file);

    assertThat(invoke.exitCode()).as(invoke.err()).isZero();
    assertThat(invoke.out()).isEqualTo("\"app 256 eu-west-1 null\"\n");
    assertThat(invoke.err())
        .matches(
            "(?s)order: tell\nREPORT RequestId: \\S+\tDuration: .* ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\t.*Init Duration: .* ms\n");
  }

  @Test
  void givesTheFunctionItsVariables() throws Exception {
    String file =
        env(
            """
            {
              "Parameters": {"ORDER": "tell", "SECRETS_MANAGER_ENDPOINT": "http://127.0.0.1:1"},
              "Other": {"ORDER": "fail"},
              "App": {"AWS_REGION": "eu-west-1", "SECRETS_MANAGER_ENDPOINT": "http://127.0.0.1:2"}
            }
            """);

    assertThat(invoke("--name", "App", "--env-file", file).out())
        .isEqualTo("\"App 1024 eu-west-1 http://127.0.0.1:2\"\n");
    assertThat(invoke("--name", "Unknown", "--env-file", file).out())
        .contains(" http://127.0.0.1:1");
  }

  @Test
  void printsTheErrorEnvelopeAndEndsWith1() throws Exception {
    Cli invoke = invoke("--env-file", env("{\"Parameters\": {\"ORDER\": \"fail\"}}"));

    assertThat(invoke.exitCode()).isEqualTo(1);
    assertThat(invoke.out())
        .startsWith(
            "{\"errorMessage\":\"as ordered\",\"errorType\":\"java.lang.IllegalStateException\",\"stackTrace\":[");
    assertThat(invoke.err()).contains("REPORT RequestId: ");
  }

  @Test
  void endsWhatTakesTooLong() throws Exception {
    Cli invoke =
        invoke("--timeout", "1", "--env-file", env("{\"Parameters\": {\"ORDER\": \"sleep\"}}"));

    assertThat(invoke.exitCode()).isEqualTo(1);
    assertThat(invoke.out())
        .contains("Sandbox.Timedout", "Error: Task timed out after 1.00 seconds");
  }

  @Test
  void takesTheHandlerWithOrWithoutItsPackage() throws Exception {
    assertThat(invoke("--handler", "ObedientRotationHandler").exitCode()).isZero();
    assertThat(invoke("--handler", ObedientRotationHandler.class.getName()).exitCode()).isZero();
    assertThat(invoke("--handler", "com.acme.MissingHandler").out())
        .contains("Class not found: com.acme.MissingHandler");
    refuses("has no handler MissingHandler; name one of these", "--handler", "MissingHandler");
  }

  @Test
  void namesTheHandlersIfThereAreSeveral() throws Exception {
    DeploymentPackage.of(folder, ObedientRotationHandler.class, OtherRotationHandler.class);

    Cli invoke = invoke();

    assertThat(invoke.exitCode()).isEqualTo(2);
    assertThat(invoke.err())
        .contains(
            "has several handlers; name one:",
            ObedientRotationHandler.class.getName(),
            OtherRotationHandler.class.getName());
  }

  @Test
  void refusesWhatItCannotUse() throws Exception {
    Files.writeString(folder.resolve("text"), "no JSON, no zip");
    String text = folder.resolve("text").toString();
    String missing = folder.resolve("missing").toString();

    refuses("There is no file " + missing + "; 'mvn package' builds the zips.", "--zip", missing);
    refuses("text is not a zip file, or is empty.", "--zip", text);
    refuses("The event can't be read: NoSuchFileException: " + missing, "--event", missing);
    refuses(
        "The event in " + text + " is not JSON in UTF-8; events/ has examples.", "--event", text);
    refuses(
        "is not JSON in UTF-8; events/ has examples.", "--event", written("empty", new byte[0]));
    refuses(
        "is not JSON in UTF-8; events/ has examples.",
        "--event",
        written("two", "{} {}".getBytes(UTF_8)));
    refuses(
        "is not JSON in UTF-8; events/ has examples.",
        "--event",
        written("utf16", "{}".getBytes(UTF_16)));
    refuses("text holds no environment variables: it must be JSON like ", "--env-file", text);
    refuses("can't be read: NoSuchFileException: " + missing, "--env-file", missing);
    refuses("holds no environment variables: it must be JSON like ", "--env-file", env("[]"));
    refuses("it must be JSON like {\"Parameters\"", "--env-file", env("{\"ORDER\":\"fail\"}"));
    refuses(
        "has no variables for the function rotation: it must have Parameters or rotation, but has [Params].",
        "--env-file",
        env("{\"Params\":{\"ORDER\":\"fail\"}}"));
    refuses("A of Parameters must be a text.", "--env-file", env("{\"Parameters\":{\"A\":{}}}"));
    refuses(
        "'A=B' of Parameters can't be set.", "--env-file", env("{\"Parameters\":{\"A=B\":\"c\"}}"));
    refuses("The memory must be from 128 to 10240 MB, but is 1.", "--memory", "1");
    refuses("The timeout must be from 1 to 900 s, but is 0.", "--timeout", "0");
    DeploymentPackage.of(folder, DeploymentPackage.class);
    refuses("has no class whose name ends in RotationHandler; name the handler with its package.");
  }

  @Test
  void doesNotQuoteAVariableThatCannotBeSet() throws Exception {
    Cli invoke = invoke("--env-file", env("{\"Parameters\": {\"A\": \"hunter2\\u0000\"}}"));

    assertThat(invoke.exitCode()).isEqualTo(2);
    assertThat(invoke.err()).contains("'A' of Parameters can't be set.").doesNotContain("hunter2");
  }

  @Test
  void setsAnEmptyVariableForNullAsSamDoes() throws Exception {
    String file = env("{\"Parameters\": {\"SECRETS_MANAGER_ENDPOINT\": null}}");

    assertThat(invoke("--env-file", file).out()).endsWith(" \"\n");
  }

  private String written(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content).toString();
  }

  @Test
  void saysIfThereIsNoSuchJdk() throws Exception {
    Cli invoke = invoke("--java-home", folder.toString());

    assertThat(invoke.exitCode()).isEqualTo(3);
    assertThat(invoke.err()).contains("is no Java home: it has no file 'release'");
  }

  @Test
  void leavesNothingBehindWhenItIsEnded() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    String file = env("{\"Parameters\": {\"ORDER\": \"sleep\"}}");
    try (Child invoke =
        Child.keyturn(
            Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary),
            arguments("--env-file", file))) {
      while (!invoke.err().contains("order: sleep")) {
        assertThat(invoke.isAlive()).as(invoke.err()).isTrue();
        Thread.sleep(50);
      }

      assertThat(invoke.terminate()).isEqualTo(143);
      assertThat(invoke.out()).isEmpty();
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("keyturn-")))
          .isEmpty();
    }
  }

  private void refuses(String message, String... options) {
    Cli invoke = invoke(options);

    assertThat(invoke.exitCode()).as(message).isEqualTo(2);
    assertThat(invoke.err()).contains(message);
    assertThat(invoke.out()).isEmpty();
  }

  private Cli invoke(String... options) {
    return Cli.run(arguments(options));
  }

  /** What is given wins over the zip and the event of this test. */
  private String[] arguments(String... options) {
    List<String> arguments = new ArrayList<>(List.of("invoke"));
    List<String> given = List.of(options);
    if (!given.contains("--zip")) {
      arguments.addAll(List.of("--zip", zip.toString()));
    }
    if (!given.contains("--event")) {
      arguments.addAll(List.of("--event", event.toString()));
    }
    arguments.addAll(given);
    return arguments.toArray(String[]::new);
  }

  private String env(String json) throws IOException {
    return Files.writeString(folder.resolve("env.json"), json).toString();
  }

  /** Another one. */
  public static final class OtherRotationHandler {}
}
