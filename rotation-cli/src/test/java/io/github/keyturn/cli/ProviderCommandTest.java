package io.github.keyturn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.http.ProviderDefinition;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.provider.Account;
import io.github.keyturn.testkit.provider.ProviderProfile;
import io.github.keyturn.testkit.provider.StandInProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderCommandTest {

  private final StandInProvider provider = StandInProvider.start(ProviderProfile.SENDGRID);
  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final LocalEndpoint endpoint = secrets.listen(0);
  private final Account account = provider.newAccount();
  private final Path definition;

  ProviderCommandTest(@TempDir Path folder) throws IOException {
    definition = folder.resolve("provider.json");
  }

  @BeforeEach
  void start() throws Exception {
    try (InputStream shipped =
        ProviderDefinition.class.getResourceAsStream("providers/sendgrid.json")) {
      Files.writeString(
          definition,
          new String(Objects.requireNonNull(shipped).readAllBytes(), StandardCharsets.UTF_8)
              .replace("https://api.sendgrid.com", provider.url().toString()));
    }
    String admin = secrets.createSecret("admin", Secret.of(provider.admin(account)));
    ObjectNode secret = (ObjectNode) new ObjectMapper().readTree(provider.secret(account));
    secrets.createSecret("app", Secret.of(secret.put("masterarn", admin).toString()));
  }

  @AfterEach
  void stop() {
    endpoint.close();
    secrets.close();
    provider.close();
  }

  @Test
  void explainsADefinition() {
    Cli check = Cli.run("provider", "check", "sendgrid");

    assertThat(check.err()).isEmpty();
    assertThat(check.exitCode()).isZero();
    assertThat(check.out())
        .contains(
            "SendGrid API keys, strategy issue: a new key is issued",
            "they go on until the next rotation",
            "the key in 'apiKey', its id in 'apiKeyId'",
            "the superuser secret (masterarn or SUPERUSER_SECRET_ARN), with its fields [apiKey]",
            "hosts: https://api.sendgrid.com",
            "create (POST https://api.sendgrid.com/v3/api_keys)",
            "found again by its name",
            "at most 100 keys",
            "Not run against the live provider");
  }

  @Test
  void saysWhatIsWrongWithADefinition() throws Exception {
    Files.writeString(definition, Files.readString(definition).replace("\"DELETE\"", "\"ERASE\""));

    Cli check = Cli.run("provider", "check", definition.toString());

    assertThat(check.exitCode()).isEqualTo(2);
    assertThat(check.out()).isEmpty();
    assertThat(check.err()).contains("at /operations/revoke/method is 'ERASE'; it must be one of");
  }

  @Test
  void namesTheSettingThatADefinitionNeeds() {
    Cli check = Cli.run("provider", "check", "okta");

    assertThat(check.exitCode()).isEqualTo(2);
    assertThat(check.err()).contains("set PROVIDER_DOMAIN on the function");
  }

  @Test
  void triesADefinitionAndChangesNothing() {
    provider.makeByHand(account, "Jenkins");
    provider.forgetRequests();
    secrets.faults().forgetCalls();

    Cli trial = tryIt();

    assertThat(trial.err()).isEmpty();
    assertThat(trial.exitCode()).isZero();
    assertThat(trial.out())
        .contains(
            "AWSCURRENT is accepted",
            "2 keys",
            "made by hand: AWSCURRENT",
            "Jenkins: not this secret's; left alone")
        .doesNotContain("SG.");
    assertThat(provider.requests()).containsExactly("GET /v3/scopes", "GET /v3/api_keys");
    assertThat(secrets.faults().calls()).containsOnly("DescribeSecret", "GetSecretValue");
  }

  @Test
  void endsWith1WhenTheKeyIsRefused() {
    secrets.putSecretValue("app", Secret.of("{\"apiKey\": \"SG.wrong\", \"apiKeyId\": \"x\"}"));

    Cli trial = tryIt();

    assertThat(trial.exitCode()).isEqualTo(1);
    assertThat(trial.out()).contains("AWSCURRENT is REFUSED").doesNotContain("SG.wrong");
  }

  @Test
  void showsHowAnApiKeyRotatesAndRecovers() {
    Cli demo = Cli.run("demo", "http");

    assertThat(demo.err()).isEmpty();
    assertThat(demo.exitCode()).isZero();
    assertThat(demo.out())
        .contains(
            "AWSCURRENT is accepted",
            "the old key is accepted",
            "FAILED  createSecret",
            "left a key behind",
            "recovered: what the crash had left was found by its name, and is revoked")
        .doesNotContain("SG.", "sk-", "\u001b");
  }

  private Cli tryIt() {
    return Cli.run(
        "provider",
        "try",
        definition.toString(),
        "--secret-id",
        "app",
        "--endpoint-url",
        endpoint.url().toString());
  }
}
