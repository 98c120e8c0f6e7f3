package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.http.HttpApiKeyRotationHandler;
import io.github.keyturn.http.ProviderDefinition;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.RotationResult;
import io.github.keyturn.testkit.provider.Account;
import io.github.keyturn.testkit.provider.ProviderProfile;
import io.github.keyturn.testkit.provider.StandInProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Rotates an API key of a stand-in for SendGrid that lives as long as the demo. */
final class HttpDemo {

  private static final String SECRET = "demo/sendgrid";
  private static final String ADMIN_SECRET = "demo/sendgrid-admin";
  private static final String FUNCTION = "keyturn-demo";
  private static final String SENDGRID = "https://api.sendgrid.com";
  private static final int ATTEMPTS = 2;

  /** The SDK tries a call so often itself when the service fails. */
  private static final int CALLS_PER_ATTEMPT = 3;

  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Output output;
  private final Interruption interruption;

  HttpDemo(Output output, Interruption interruption) {
    this.output = output;
    this.interruption = interruption;
  }

  int run(boolean keep) throws Exception {
    output.headline("A stand-in for SendGrid and a local Secrets Manager");
    Path definition = Files.createTempFile("keyturn-demo-", ".json");
    try (StandInProvider provider = StandInProvider.start(ProviderProfile.SENDGRID);
        LocalSecretsManager secrets =
            LocalSecretsManager.builder()
                .attempts(ATTEMPTS, PAUSE)
                .listener(new Progress(output))
                .open();
        LocalEndpoint endpoint = secrets.listen(0)) {
      AwsEnvironment.useOwn(endpoint.url());
      Files.writeString(definition, definitionFor(provider.url()));
      Account account = provider.newAccount();
      output.good(
          "a provider on %s, which answers as SendGrid's documentation says"
              .formatted(provider.url()));
      output.good("Secrets Manager on " + endpoint.url());
      secrets.register(FUNCTION, function(definition, endpoint.url()));
      createSecrets(provider, account, secrets);
      output.good("the definition that ships as 'sendgrid', with this host; secret " + SECRET);
      showKeys(provider, account);

      rotateOnce(provider, account, secrets);
      rotateThroughCrash(provider, account, secrets);

      if (keep) {
        printCommands(definition, endpoint.url());
        interruption.await();
      }
    } finally {
      Files.deleteIfExists(definition);
    }
    return 0;
  }

  /** A definition's host is its own, so the demo has a definition of its own. */
  private static String definitionFor(URI url) throws IOException {
    try (InputStream file =
        ProviderDefinition.class.getResourceAsStream("providers/sendgrid.json")) {
      if (file == null) {
        throw new IllegalStateException("the definition of SendGrid is not in the jar");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .replace(SENDGRID, url.toString());
    }
  }

  private static HandlerFunction function(Path definition, URI endpoint) {
    RotationSettings settings =
        RotationSettings.from(
            Map.of(
                "PROVIDER_DEFINITION",
                definition.toString(),
                "SECRETS_MANAGER_ENDPOINT",
                endpoint.toString()));
    return HandlerFunction.of(
        new HttpApiKeyRotationHandler(settings), Duration.ofMinutes(1), line -> {});
  }

  private static void createSecrets(
      StandInProvider provider, Account account, LocalSecretsManager secrets) throws IOException {
    String admin = secrets.createSecret(ADMIN_SECRET, Secret.of(provider.admin(account)));
    ObjectNode secret = (ObjectNode) JSON.readTree(provider.secret(account));
    secrets.createSecret(SECRET, Secret.of(secret.put("masterarn", admin).toString()));
  }

  private void rotateOnce(StandInProvider provider, Account account, LocalSecretsManager secrets)
      throws Exception {
    output.headline("A rotation");
    SecretDocument before = current(secrets);
    requireSucceeded(rotate(secrets));
    requireAccepted(provider, current(secrets), "AWSCURRENT");
    requireAccepted(provider, before, "the old key");
    showKeys(provider, account);
  }

  private void rotateThroughCrash(
      StandInProvider provider, Account account, LocalSecretsManager secrets) throws Exception {
    output.headline("A rotation that dies after a key was issued, before it is stored");
    secrets.faults().failInside("PutSecretValue", ATTEMPTS * CALLS_PER_ATTEMPT);
    RotationResult crashed = rotate(secrets);
    if (crashed.outcome() == RotationResult.Outcome.SUCCEEDED) {
      throw new RotationException(
          RotationException.Reason.FAILED, "the demo's rotation should have died, and did not");
    }
    output.line("");
    output.note("each try has left a key behind that nobody knows the value of:");
    showKeys(provider, account);
    requireAccepted(provider, current(secrets), "AWSCURRENT");

    output.headline("An operator drops AWSPENDING and rotates again, with a new token");
    secrets.call(
        "UpdateSecretVersionStage",
        JsonNodeFactory.instance
            .objectNode()
            .put("SecretId", SECRET)
            .put("VersionStage", "AWSPENDING")
            .put("RemoveFromVersionId", crashed.token()));
    requireSucceeded(rotate(secrets));
    requireAccepted(provider, current(secrets), "AWSCURRENT");
    showKeys(provider, account);
    int live = provider.liveKeys(account).size();
    if (live != 2) {
      throw new RotationException(
          RotationException.Reason.FAILED, live + " keys are left, and should be 2");
    }
    output.good("recovered: what the crash had left was found by its name, and is revoked");
  }

  private void showKeys(StandInProvider provider, Account account) {
    provider.names(account).forEach(name -> output.note("key '%s'".formatted(name)));
  }

  private void requireAccepted(StandInProvider provider, SecretDocument value, String label) {
    if (!provider.accepts(value.text("apiKey"))) {
      throw new RotationException(
          RotationException.Reason.REJECTED, "the provider refuses " + label);
    }
    output.good(label + " is accepted");
  }

  private static RotationResult rotate(LocalSecretsManager secrets) throws InterruptedException {
    secrets.rotate(SECRET, FUNCTION);
    return secrets.await(SECRET, PATIENCE);
  }

  private static void requireSucceeded(RotationResult result) {
    if (result.outcome() != RotationResult.Outcome.SUCCEEDED) {
      throw new RotationException(
          RotationException.Reason.FAILED, "the demo's rotation failed: " + result.message());
    }
  }

  private static SecretDocument current(LocalSecretsManager secrets) {
    return SecretDocument.parse(secrets.store().readCurrent(SECRET).value());
  }

  private void printCommands(Path definition, URI endpoint) {
    output.headline("Everything keeps running until Ctrl-C. In another terminal:");
    AwsEnvironment.exportLines(endpoint).forEach(output::line);
    output.line("export PROVIDER_DEFINITION=" + definition);
    output.line("");
    output.line("aws secretsmanager describe-secret --secret-id " + SECRET);
    output.line("aws secretsmanager rotate-secret --secret-id " + SECRET);
    output.line("./keyturn provider check $PROVIDER_DEFINITION");
    output.line("./keyturn provider try $PROVIDER_DEFINITION --secret-id " + SECRET);
    output.line(
        "./keyturn rotate --secret-id %s --handler %s"
            .formatted(SECRET, HttpApiKeyRotationHandler.class.getName()));
  }
}
