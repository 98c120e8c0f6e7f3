package io.github.keyturn.http;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.testkit.provider.ProviderProfile;
import java.util.HashMap;
import java.util.Map;

/**
 * A definition, the stand-in that it is tested against, and the settings that it needs. A
 * definition's hosts are the real ones; only these tests lead them elsewhere.
 */
enum Shipped {
  AUTH0(
      "auth0",
      ProviderProfile.AUTH0,
      "PROVIDER_DOMAIN=example.eu.auth0.com PROVIDER_AUDIENCE=https://api.example.com"),
  CLOUDFLARE("cloudflare", ProviderProfile.CLOUDFLARE, "PROVIDER_ACCOUNT_ID=023e105f"),
  CLOUDFLARE_ROLL(
      "cloudflare-roll",
      ProviderProfile.CLOUDFLARE,
      "PROVIDER_ACCOUNT_ID=023e105f ALLOW_IN_PLACE_SWAP=true"),
  CONFLUENT_CLOUD("confluent-cloud", ProviderProfile.CONFLUENT_CLOUD, ""),
  DATADOG("datadog", ProviderProfile.DATADOG, ""),
  GITLAB("gitlab", ProviderProfile.GITLAB, ""),
  MONGODB_ATLAS("mongodb-atlas", ProviderProfile.MONGODB_ATLAS, "REVOKE_UNNAMED_KEYS=true"),
  OKTA(
      "okta",
      ProviderProfile.OKTA,
      "PROVIDER_DOMAIN=example.okta.com PROVIDER_SCOPE=read EXCLUDE_PUNCTUATION=true"),
  OPENAI("openai", ProviderProfile.OPENAI, ""),
  SENDGRID("sendgrid", ProviderProfile.SENDGRID, ""),
  TWILIO("twilio", ProviderProfile.TWILIO, ""),
  TWILIO_AUTH_TOKEN("twilio-auth-token", ProviderProfile.TWILIO_AUTH_TOKEN, "");

  private final String definition;
  private final ProviderProfile profile;
  private final String settings;

  Shipped(String definition, ProviderProfile profile, String settings) {
    this.definition = definition;
    this.profile = profile;
    this.settings = settings;
  }

  ProviderProfile profile() {
    return profile;
  }

  String definitionName() {
    return definition;
  }

  /** The environment of the function, in which nothing settles late. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("SETTLE_SECONDS", "0");
    environment.put("PROVIDER_DEFINITION", definition);
    for (String setting : settings.isEmpty() ? new String[0] : settings.split(" ", -1)) {
      String[] parts = setting.split("=", 2);
      environment.put(parts[0], parts[1]);
    }
    return environment;
  }

  ProviderDefinition definition() {
    return ProviderDefinition.fromSettings(RotationSettings.from(environment()));
  }

  @Override
  public String toString() {
    return definition;
  }
}
