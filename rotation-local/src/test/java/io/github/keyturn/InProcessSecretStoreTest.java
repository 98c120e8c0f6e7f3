package io.github.keyturn;

class InProcessSecretStoreTest extends SecretStoreBehaviour {

  @Override
  SecretStore connect() {
    return secretsManager.store();
  }
}
