package io.github.keyturn.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {

  private static final Secret VALUE = Secret.of("{\"password\":\"pässwörd\"}");

  private final Path folder;

  StateFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void bringsEverythingBack() throws Exception {
    ObjectNode before;
    String arn;
    try (LocalSecretsManager first = open()) {
      arn = first.createSecret("app", VALUE);
      first.putSecretValue(arn, Secret.of("v2"));
      first.manageBy(first.createSecret("managed", VALUE), "rds");
      first.register("function", event -> {});
      ObjectNode tags = request(arn).put("Description", "text");
      first.call("UpdateSecret", tags);
      ObjectNode tag = request(arn);
      tag.putArray("Tags").addObject().put("Key", "team").put("Value", "blue");
      first.call("TagResource", tag);
      first.call("PutResourcePolicy", request(arn).put("ResourcePolicy", "{\"Statement\":[{}]}"));
      ObjectNode rotation =
          request(arn)
              .put("ClientRequestToken", UUID.randomUUID().toString())
              .put("RotationLambdaARN", "function");
      rotation.putObject("RotationRules").put("ScheduleExpression", "cron(0 8 1 * ? *)");
      first.call("RotateSecret", rotation);
      first.await(arn, Duration.ofMinutes(1));
      first.call(
          "PutSecretValue",
          request("managed2", first)
              .put("ClientRequestToken", UUID.randomUUID().toString())
              .put("SecretBinary", "AQID"));
      before = everything(first, arn);
    }
    try (LocalSecretsManager second = open()) {
      assertThat(everything(second, arn)).isEqualTo(before);
    }
  }

  private static ObjectNode request(String name, LocalSecretsManager secretsManager) {
    return request(secretsManager.createSecret(name, VALUE));
  }

  private static ObjectNode everything(LocalSecretsManager secretsManager, String arn) {
    ObjectNode all = secretsManager.call("DescribeSecret", request(arn));
    all.set("list", secretsManager.call("ListSecrets", Json.object()));
    all.set("policy", secretsManager.call("GetResourcePolicy", request(arn)));
    all.set(
        "previous",
        secretsManager.call("GetSecretValue", request(arn).put("VersionStage", "AWSPREVIOUS")));
    all.set("binary", secretsManager.call("GetSecretValue", request("managed2")));
    all.set(
        "versions",
        secretsManager.call("ListSecretVersionIds", request(arn).put("IncludeDeprecated", true)));
    return all.deepCopy();
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    try (LocalSecretsManager secretsManager = open()) {
      secretsManager.createSecret("app", VALUE);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void holdsEveryAcknowledgedWriteAtOnce() throws Exception {
    try (LocalSecretsManager secretsManager = open()) {
      secretsManager.createSecret("app", VALUE);
      // a crash leaves the file as it is now
      Path crashed = folder.resolve("crashed.json");
      Files.copy(file(), crashed);
      try (LocalSecretsManager survivor = LocalSecretsManager.builder().stateFile(crashed).open()) {
        assertThat(survivor.store().readCurrent("app").value()).isEqualTo(VALUE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "{}",
        "{\"format\":\"keyturn-local-secrets\",\"version\":2,\"secrets\":[]}",
        "{\"format\":\"keyturn-local-secrets\",\"version\":1,\"secrets\":[{\"name\":\"x\"}]}",
        "{\"format\":\"keyturn-local-secrets\",\"version\":1,\"secrets\":["
      })
  void refusesADamagedOrForeignFileAndLeavesItAlone(String content) throws Exception {
    Files.writeString(file(), content);

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("move it away");

    assertThat(file()).hasContent(content);
  }

  @Test
  void belongsToOneProcessAtATime() throws Exception {
    try (LocalSecretsManager first = open()) {
      assertThat(first.faults().calls()).isEmpty();
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another process");
    }
    open().close();
  }

  @Test
  void refusesTheWriteThatItCannotKeep() throws Exception {
    try (LocalSecretsManager secretsManager = open()) {
      secretsManager.createSecret("app", VALUE);
      Files.createDirectory(folder.resolve("state.json.new"));
      Files.createFile(folder.resolve("state.json.new").resolve("in-the-way"));

      assertThatThrownBy(() -> secretsManager.putSecretValue("app", Secret.of("v2")))
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.code()).isEqualTo("InternalServiceError"));

      assertThat(secretsManager.store().readCurrent("app").value()).isEqualTo(VALUE);
    }
  }

  @Test
  void wantsAFolderThatExists() {
    assertThatThrownBy(
            () ->
                LocalSecretsManager.builder()
                    .stateFile(folder.resolve("missing").resolve("state.json"))
                    .open())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("create it first");
  }

  private LocalSecretsManager open() throws IOException {
    return LocalSecretsManager.builder().attempts(1, Duration.ZERO).stateFile(file()).open();
  }

  private Path file() {
    return folder.resolve("state.json");
  }

  private static ObjectNode request(String secretId) {
    return Json.object().put("SecretId", secretId);
  }
}
