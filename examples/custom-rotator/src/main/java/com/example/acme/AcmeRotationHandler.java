package com.example.acme;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;

/** Lambda handler for the API keys of Acme. */
public final class AcmeRotationHandler extends RotationHandler {

  /** With the settings of the environment. */
  public AcmeRotationHandler() {
    super(new AcmeKeyRotator());
  }

  AcmeRotationHandler(RotationSettings settings, SecretStore store) {
    super(new AcmeKeyRotator(), settings, store);
  }
}
