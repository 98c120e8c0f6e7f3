package io.github.keyturn;

import static io.github.keyturn.ScriptedEndpoint.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AwsSecretStoreTest {

  @Test
  @DisplayName("A date is not promised, and recovery needs the list")
  void listsVersionsThatHaveNoDateLast() throws Exception {
    try (ScriptedEndpoint endpoint = new ScriptedEndpoint()) {
      endpoint.answer(
          text(
              200,
              """
              {"Versions":[{"VersionId":"a"},{"VersionId":"b","CreatedDate":1.5},
              {"VersionId":"c","CreatedDate":1.7636E9}]}"""));

      assertThat(connect(endpoint).history("app")).containsExactly("c", "b", "a");
    }
  }

  private static SecretStore connect(ScriptedEndpoint endpoint) {
    return AwsSecretStore.connect(
        RotationSettings.from(Map.of("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString())),
        Map.of(
            "AWS_REGION", "eu-west-1",
            "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY", "secret"));
  }
}
