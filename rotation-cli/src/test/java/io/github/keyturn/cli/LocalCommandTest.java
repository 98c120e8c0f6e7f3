package io.github.keyturn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class LocalCommandTest {

  private static final String READY = "Ctrl-C ends it.";

  private final Path folder;

  LocalCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void keepsSecretsInItsStateFileFromOneRunToTheNext() throws Exception {
    String state = folder.resolve("my secrets.json").toString();
    try (Child local = local("--state", state)) {
      try (SecretsManagerClient client = ExportedClient.of(local.exports())) {
        client.createSecret(r -> r.name("kept").secretString("a value"));
      }
      assertThat(local.out()).contains("Secrets are kept in " + state).doesNotContain("\u001b");
      assertThat(local.terminate()).isEqualTo(143);
      assertThat(local.err()).isEmpty();
    }
    try (Child local = local("--state", state);
        SecretsManagerClient client = ExportedClient.of(local.exports())) {
      assertThat(client.getSecretValue(r -> r.secretId("kept")).secretString())
          .isEqualTo("a value");
    }
  }

  @Test
  void exportsWhatEverySdkReads() throws Exception {
    try (Child local = local()) {
      assertThat(local.exports())
          .containsOnlyKeys(
              "AWS_ENDPOINT_URL_SECRETS_MANAGER",
              "AWS_REGION",
              "AWS_DEFAULT_REGION",
              "AWS_ACCESS_KEY_ID",
              "AWS_SECRET_ACCESS_KEY");
      assertThat(local.out()).contains("Secrets are forgotten at the end");
    }
  }

  @Test
  void refusesAPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli local = Cli.run("local", "--port", String.valueOf(taken.getLocalPort()));

      assertThat(local.exitCode()).isEqualTo(3);
      assertThat(local.err())
          .contains(
              "Port %d of 127.0.0.1 can't be listened on".formatted(taken.getLocalPort()),
              "name another with --port");
      assertThat(local.out()).isEmpty();
    }
  }

  @Test
  void listensWhereContainersCanReachIt() throws Exception {
    try (Child local = local("--address", "127.0.0.2");
        SecretsManagerClient client = ExportedClient.of(local.exports())) {
      assertThat(local.out()).contains("listening on http://127.0.0.2:");
      assertThat(client.listSecrets().secretList()).isEmpty();
    }
  }

  @Test
  void refusesAnAddressThatThisMachineLacks() {
    Cli local = Cli.run("local", "--port", "0", "--address", "10.255.255.254");

    assertThat(local.exitCode()).isEqualTo(3);
    assertThat(local.err()).contains("Port 0 of 10.255.255.254 can't be listened on");
  }

  @Test
  void refusesToListenToTheWholeNetwork() {
    for (String address : List.of("0.0.0.0", "8.8.8.8", "172.32.0.1", "::1", "no such host")) {
      Cli local = Cli.run("local", "--port", "0", "--address", address);

      assertThat(local.exitCode()).isEqualTo(2);
      assertThat(local.err())
          .contains(
              "--address must be a loopback or private IPv4 address", "'%s'".formatted(address));
      assertThat(local.out()).isEmpty();
    }
  }

  @Test
  void refusesAForeignFileAndLeavesItAlone() throws Exception {
    Path foreign = Files.writeString(folder.resolve("shopping"), "milk\n");

    Cli local = Cli.run("local", "--port", "0", "--state", foreign.toString());

    assertThat(local.exitCode()).isEqualTo(3);
    assertThat(local.err()).contains("is not a state file");
    assertThat(foreign).hasContent("milk");
  }

  @Test
  void refusesAFolderAsStateFile() {
    Cli local = Cli.run("local", "--port", "0", "--state", folder.toString());

    assertThat(local.exitCode()).isEqualTo(3);
    assertThat(local.err()).contains("The state file %s can't be used: ".formatted(folder));
  }

  @Test
  void refusesAStateFileInAFolderThatIsMissing() {
    Cli local = Cli.run("local", "--port", "0", "--state", folder + "/missing/state");

    assertThat(local.exitCode()).isEqualTo(3);
    assertThat(local.err()).contains("does not exist; create it first");
  }

  @Test
  void refusesAStateFileThatAnotherOneUses() throws Exception {
    String state = folder.resolve("state").toString();
    try (Child first = local("--state", state)) {
      Cli second = Cli.run("local", "--port", "0", "--state", state);

      assertThat(first.err()).isEmpty();
      assertThat(second.exitCode()).isEqualTo(3);
      assertThat(second.err()).contains("is in use by another process");
    }
  }

  @Test
  void letsRotateSecretInvokeAFunctionFromItsZip() throws Exception {
    Path zip = DeploymentPackage.of(folder, ObedientRotationHandler.class);
    Path env = Files.writeString(folder.resolve("env.json"), "{\"app\": {\"ORDER\": \"fail\"}}");
    try (Child local = local("--function", "app=" + zip, "--env-file", env.toString());
        SecretsManagerClient client = ExportedClient.of(local.exports())) {
      String arn = "arn:aws:lambda:us-east-1:123456789012:function:app";
      assertThat(local.out()).contains("--rotation-lambda-arn " + arn);
      client.createSecret(r -> r.name("prod/app").secretString("a value"));

      client.rotateSecret(r -> r.secretId("prod/app").rotationLambdaARN(arn));

      local.awaitOutput("FAILED: createSecret: ");
      assertThat(local.out())
          .contains(
              "Rotating arn:aws:secretsmanager:us-east-1:",
              "attempt 1",
              "FAILED  createSecret",
              "java.lang.IllegalStateException: as ordered");
      assertThat(local.err()).contains("app: order: fail");
      assertThat(local.terminate()).isEqualTo(143);
    }
  }

  @Test
  void stagesAVersionAndLeavesTheStepsToAPerson() throws Exception {
    String token = "00000000-0000-4000-8000-000000000001";
    try (Child local = local("--function", "me=-");
        SecretsManagerClient client = ExportedClient.of(local.exports())) {
      client.createSecret(r -> r.name("demo/app").secretString("a value"));

      client.rotateSecret(
          r -> r.secretId("demo/app").clientRequestToken(token).rotationLambdaARN("me"));

      local.awaitOutput("the steps of this version are yours to invoke");
      assertThat(client.describeSecret(r -> r.secretId("demo/app")).versionIdsToStages())
          .containsEntry(token, List.of("AWSPENDING"));
    }
  }

  @Test
  void refusesAFunctionThatItCannotUse() throws Exception {
    Cli unnamed = Cli.run("local", "--port", "0", "--function", "app.zip");
    Cli missing = Cli.run("local", "--port", "0", "--function", "app=missing.zip#Handler");

    assertThat(unnamed.exitCode()).isEqualTo(2);
    assertThat(unnamed.err())
        .contains("it must be NAME=ZIP, NAME=ZIP#CLASS, NAME=URL or NAME=-, but is 'app.zip'");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("There is no file missing.zip");
    for (String url : List.of("https://127.0.0.1:3001", "http://127.0.0.1:1 2", "http://")) {
      Cli wrong = Cli.run("local", "--port", "0", "--function", "app=" + url);
      assertThat(wrong.exitCode()).isEqualTo(2);
      assertThat(wrong.err()).contains("one like http://127.0.0.1:3001, but is '" + url + "'");
    }
  }

  private static Child local(String... options) throws Exception {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "local";
    arguments[1] = "--port";
    arguments[2] = "0";
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Child.keyturn(Map.of(), arguments).awaitOutput(READY);
  }
}
