package io.github.keyturn.http;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/**
 * Lambda handler: API keys of the provider that {@code PROVIDER_DEFINITION} names, by the strategy
 * that its definition chooses.
 */
public final class HttpApiKeyRotationHandler extends RotationHandler {

  /**
   * With the settings of the environment.
   *
   * @throws RotationException MISCONFIGURED when a setting or the definition is wrong
   */
  public HttpApiKeyRotationHandler() {
    this(RotationSettings.fromEnvironment());
  }

  /**
   * With these settings.
   *
   * @throws RotationException MISCONFIGURED when a setting or the definition is wrong
   */
  public HttpApiKeyRotationHandler(RotationSettings settings) {
    super(KeyRotators.of(settings), settings);
  }

  /**
   * With a store of its own, for tests.
   *
   * @throws RotationException MISCONFIGURED when a setting or the definition is wrong
   */
  public HttpApiKeyRotationHandler(RotationSettings settings, SecretStore store) {
    super(KeyRotators.of(settings), settings, store);
  }
}
