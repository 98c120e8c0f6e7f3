package io.github.keyturn;

import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;

/** The store that functions use on AWS. */
class DirectStoreTest extends AwsStoreBehaviour {

  @Override
  LocalEndpoint listen(LocalSecretsManager secretsManager) throws IOException {
    return secretsManager.listen(0);
  }

  @Override
  SecretStore connect(RotationSettings settings) {
    return AwsSecretStore.connect(settings, FUNCTION);
  }
}
