package io.github.keyturn.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.http.ProviderDefinition;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.provider.Account;
import io.github.keyturn.testkit.provider.ProviderProfile;
import io.github.keyturn.testkit.provider.StandInProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** An API key of a provider, by a definition that comes with Keyturn but for its host. */
final class ProviderTarget implements Target, AutoCloseable {

  private final StandInProvider provider;
  private final String field;
  private final Map<String, String> settings;
  private final Path definition;

  /**
   * @param field the field of the secret that holds the key
   * @param host what the definition's URLs begin with
   * @param settings what the definition needs besides
   */
  private ProviderTarget(
      ProviderProfile profile,
      String name,
      String field,
      String host,
      Map<String, String> settings) {
    this.provider = StandInProvider.start(profile);
    this.field = field;
    this.settings = settings;
    try (InputStream shipped =
        ProviderDefinition.class.getResourceAsStream("providers/" + name + ".json")) {
      String here =
          new String(shipped.readAllBytes(), UTF_8).replace(host, provider.url().toString());
      definition = Files.writeString(Files.createTempFile("keyturn-provider-", ".json"), here);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The provider makes the keys, and an administrator's key asks for them. */
  static ProviderTarget issuing() {
    return new ProviderTarget(
        ProviderProfile.DATADOG,
        "datadog",
        "apiKey",
        "https://api.${setting.site}",
        Map.of("ADMIN_WITHOUT_OWNER", "true"));
  }

  /** The function chooses the keys. */
  static ProviderTarget accepting() {
    return new ProviderTarget(
        ProviderProfile.OKTA,
        "okta",
        "clientSecret",
        "https://${setting.domain}",
        Map.of(
            "PROVIDER_DOMAIN", "example.okta.com",
            "PROVIDER_SCOPE", "read",
            "EXCLUDE_PUNCTUATION", "true",
            "ADMIN_WITHOUT_OWNER", "true"));
  }

  @Override
  public String newSecret(LocalSecretsManager secrets) {
    Account account = provider.newAccount();
    String admin = secrets.createSecret("superuser", Secret.of(provider.admin(account)));
    return SecretDocument.parse(Secret.of(provider.secret(account)))
        .with("masterarn", admin)
        .json()
        .reveal();
  }

  @Override
  public Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>(settings);
    variables.put("PROVIDER_DEFINITION", definition.toString());
    return variables;
  }

  @Override
  public boolean accepts(String secretValue) {
    return provider.accepts(SecretDocument.parse(Secret.of(secretValue)).secret(field).reveal());
  }

  @Override
  public SecretDocument spoil(SecretDocument value) {
    return value.with(field, Secret.of("not-a-key"));
  }

  @Override
  public void close() throws IOException {
    provider.close();
    Files.delete(definition);
  }
}
