package io.github.keyturn.testkit.provider;

import java.util.function.Supplier;

/**
 * The providers that a {@link StandInProvider} can stand for. Each says in its comment whose
 * documentation it follows; none was compared with the live provider.
 */
public enum ProviderProfile {
  /** Auth0: <a href="https://auth0.com/docs/api/management/v2">Management API</a>. */
  AUTH0,
  /** Cloudflare: <a href="https://developers.cloudflare.com/api/">account-owned API tokens</a>. */
  CLOUDFLARE,
  /** Confluent Cloud: <a href="https://docs.confluent.io/cloud/current/api.html">iam/v2</a>. */
  CONFLUENT_CLOUD,
  /** Datadog: <a href="https://docs.datadoghq.com/api/latest/key-management/">API keys</a>. */
  DATADOG,
  /** GitLab: <a href="https://docs.gitlab.com/api/service_accounts/">service accounts</a>. */
  GITLAB,
  /** Grafana: <a href="https://grafana.com/docs/grafana/latest/">service accounts</a>. */
  GRAFANA,
  /** MongoDB Atlas: <a href="https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/">API</a>. */
  MONGODB_ATLAS,
  /** New Relic: <a href="https://docs.newrelic.com/docs/apis/nerdgraph/">NerdGraph</a>. */
  NEW_RELIC,
  /** Okta: <a href="https://developer.okta.com/docs/api/">application client secrets</a>. */
  OKTA,
  /**
   * OpenAI: <a href="https://platform.openai.com/docs/api-reference">project service accounts</a>.
   */
  OPENAI,
  /** SendGrid: <a href="https://www.twilio.com/docs/sendgrid/api-reference">API keys</a>. */
  SENDGRID,
  /** Twilio: <a href="https://www.twilio.com/docs/iam/api-keys">API keys</a>. */
  TWILIO,
  /** Twilio: <a href="https://www.twilio.com/docs/iam/api/authtoken">auth tokens</a>. */
  TWILIO_AUTH_TOKEN;

  Profile create() {
    Supplier<Profile> profile =
        switch (this) {
          case AUTH0 -> Auth0Profile::new;
          case CLOUDFLARE -> CloudflareProfile::new;
          case CONFLUENT_CLOUD -> ConfluentCloudProfile::new;
          case DATADOG -> DatadogProfile::new;
          case GITLAB -> GitLabProfile::new;
          case GRAFANA -> GrafanaProfile::new;
          case MONGODB_ATLAS -> MongoDbAtlasProfile::new;
          case NEW_RELIC -> NewRelicProfile::new;
          case OKTA -> OktaProfile::new;
          case OPENAI -> OpenAiProfile::new;
          case SENDGRID -> SendGridProfile::new;
          case TWILIO -> TwilioProfile::new;
          case TWILIO_AUTH_TOKEN -> TwilioAuthTokenProfile::new;
        };
    return profile.get();
  }
}
