package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.CREATE;
import static io.github.keyturn.Step.FINISH;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the steps say of a secret that can't be rotated as it is. */
class SecretStateTest {

  private static final String NEW_PASSWORD = "new-password-of-version-2";

  private final Scene scene = new Scene();

  @Test
  void createRefusesWhenRotationIsSwitchedOff() {
    scene.store.rotation(SecretDescription.Rotation.DISABLED);

    RotationException failure = scene.exclusive().failure(CREATE, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("rotation is switched off for this secret");
    assertThat(scene.store.hasValue(TOKEN)).isFalse();
  }

  @Test
  @DisplayName("By setSecret the target may accept the new value only, so the rotation goes on")
  void aRotationUnderWayFinishesThoughRotationIsSwitchedOff() throws Exception {
    RotationFunction function = scene.exclusive();
    function.run(CREATE, TOKEN);
    scene.store.rotation(SecretDescription.Rotation.DISABLED);

    function.run(Step.SET, TOKEN);
    function.run(Step.TEST, TOKEN);
    function.run(FINISH, TOKEN);

    assertThat(scene.target.accepted()).containsExactly(scene.password("AWSCURRENT"));
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
  }

  @Test
  void rotatesThoughRotationWasNeverConfigured() throws Exception {
    scene.store.rotation(SecretDescription.Rotation.NEVER_CONFIGURED);

    scene.exclusive().rotate(TOKEN);

    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
  }

  @ParameterizedTest
  @EnumSource
  void refusesADeletedSecret(Step step) {
    scene.store.add(TOKEN, Scene.value(NEW_PASSWORD), "AWSPENDING");
    scene.store.delete();

    RotationException failure = scene.exclusive().failure(step, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("marked for deletion");
    assertThat(scene.target.logins()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "FINISH"})
  void refusesASecretThatAnAwsServiceRotates(Step step) {
    scene.store.add(TOKEN, Scene.value(NEW_PASSWORD), "AWSPENDING");
    scene.store.ownedBy("rds");

    RotationException failure = scene.exclusive().failure(step, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("this secret is managed by rds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raw-secret-value",
        "[\"raw-secret-value\"]",
        "\"raw-secret-value\"",
        "{\"password\": raw-secret-value}",
        "{\"password\": \"raw-secret-value\"",
        "{\"password\": \"raw-secret-value\", \"password\": \"raw-secret-value\"}",
        "{\"password\": \"p\"} raw-secret-value",
        "{\"password\": \"p\"} {\"password\": \"raw-secret-value\"}",
        "{\"raw-secret-value\\u00zz\": 1}",
      })
  @DisplayName("A secret that is no JSON object is never quoted: it may be the bare password")
  void neverQuotesAValueThatIsNoJsonObject(String value) {
    scene.store.add(Scene.CURRENT, value, "AWSCURRENT");
    RotationFunction function = scene.exclusive();

    RotationException failure = function.failure(CREATE, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("AWSCURRENT")
        .hasMessageContaining("store a JSON object such as")
        .hasNoCause();
    assertThat(Failures.print(failure)).doesNotContain("raw-secret-value");
    assertThat(function.log()).noneMatch(line -> line.contains("raw-secret-value"));
  }

  @Test
  void namesAllMissingFieldsAtOnceAndThoseThatAreThere() {
    scene.store.add(
        Scene.CURRENT, "{\"host\": \"h\", \"password\": \" \", \"k\": \"v\"}", "AWSCURRENT");

    RotationException failure = scene.exclusive().failure(CREATE, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("AWSCURRENT has no value for [username, password]")
        .hasMessageContaining("its fields are [host, password, k]")
        .hasMessageContaining("add them to the secret value and rotate again");
  }
}
