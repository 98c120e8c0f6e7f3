package io.github.keyturn;

import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store that is a setting away: the SDK's own client. */
class SdkStoreTest extends AwsStoreBehaviour {

  /** The SDK reads the variables of the process, and these properties. */
  @BeforeAll
  static void giveTheSdkCredentials() {
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
  }

  @AfterAll
  static void takeThemAway() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Override
  LocalEndpoint listen(LocalSecretsManager secretsManager) throws IOException {
    return secretsManager.listen(0);
  }

  @Override
  SecretStore connect(RotationSettings settings) {
    return SdkSecretStore.connect(settings, Map.of("AWS_REGION", "us-east-1"));
  }
}
