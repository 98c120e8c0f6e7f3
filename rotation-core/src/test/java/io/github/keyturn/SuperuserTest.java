package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.OLD_PASSWORD;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.SET;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The superuser secret is lent to a rotator only for a login that the target accepts. */
class SuperuserTest {

  private static final String NEW_PASSWORD = "new-password-of-version-2";
  private static final String SUPERUSER = "arn:superuser";
  private static final String OTHER_SUPERUSER = "arn:other-superuser";
  private static final String SUPERUSER_PASSWORD = "password-of-the-superuser";

  private final Scene scene = Scene.withPending(NEW_PASSWORD);
  private final List<Superuser> lent = new ArrayList<>();

  SuperuserTest() {
    scene.store.addOtherSecret(
        SUPERUSER, "{\"username\": \"root\", \"password\": \"%s\"}".formatted(SUPERUSER_PASSWORD));
  }

  @Test
  void isLentWhenTheTargetAcceptsTheOwner() throws Exception {
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);

    scene.function(lending()).run(SET, TOKEN);

    assertThat(lent).hasSize(1);
    assertThat(lent.get(0).login().text("password")).isEqualTo(SUPERUSER_PASSWORD);
    assertThat(lent.get(0).tags().get()).isEqualTo(Map.of("tag-of", SUPERUSER));
    assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
  }

  @Test
  void isNamedByTheSecretItself() throws Exception {
    nameInSecret(SUPERUSER);

    scene.function(lending()).run(SET, TOKEN);

    assertThat(lent).hasSize(1);
  }

  @Test
  void mayBeNamedBySecretAndSettingAlike() throws Exception {
    nameInSecret(SUPERUSER);
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);

    scene.function(lending()).run(SET, TOKEN);

    assertThat(lent).hasSize(1);
  }

  @Test
  @DisplayName("Who can't log in as the secret's user gets nothing changed by a superuser")
  void isNotLentToARefusedOwner() {
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);
    scene.target.acceptOnly("changed-by-hand");

    RotationException failure = scene.function(lending()).failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(REJECTED);
    assertThat(lent).isEmpty();
    assertThat(scene.target.accepted()).containsExactly("changed-by-hand");
    assertThat(scene.store.calls()).containsOnlyOnce(ScriptedStore.Call.READ_CURRENT);
  }

  @Test
  @DisplayName("A secret can't choose a superuser that the function was not set up for")
  void isNotLentWhenSecretAndSettingDisagree() {
    nameInSecret(OTHER_SUPERUSER);
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);

    RotationException failure = scene.function(lending()).failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining(OTHER_SUPERUSER).hasMessageContaining(SUPERUSER);
    assertThat(lent).isEmpty();
    assertThat(scene.target.logins()).isZero();
  }

  @Test
  void saysHowToNameOneWhenNoneIsNamed() {
    RotationException failure = scene.function(lending()).failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("'masterarn', or set SUPERUSER_SECRET_ARN");
    assertThat(lent).isEmpty();
  }

  @Test
  void mustHoldAJsonObject() {
    scene.store.addOtherSecret(SUPERUSER, SUPERUSER_PASSWORD);
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);

    RotationException failure = scene.function(lending()).failure(SET, TOKEN);

    assertThat(failure).hasMessageContaining("the superuser secret is not a JSON object");
    assertThat(Failures.print(failure)).doesNotContain(SUPERUSER_PASSWORD);
  }

  @Test
  void itsValuesAreTakenOutOfFailuresAndLogLines() {
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public Verdict set(
                  SecretDocument pending, SecretDocument authority, Rotation rotation)
                  throws Exception {
                return rotation.asSuperuser(
                    authority,
                    superuser -> {
                      String said = "login as root/" + superuser.login().text("password");
                      rotation.log(said);
                      throw new IllegalStateException(said);
                    });
              }
            });

    RotationException failure = function.failure(SET, TOKEN);

    assertThat(Failures.print(failure))
        .contains("login as root/***")
        .doesNotContain(SUPERUSER_PASSWORD);
    assertThat(function.log()).isNotEmpty().noneMatch(line -> line.contains(SUPERUSER_PASSWORD));
  }

  @Test
  @DisplayName(
      "Where a target's only value can get lost, nobody may be left to log in as the owner")
  void isLentWithoutTheOwnerToARotatorThatSaysSo() throws Exception {
    scene.setting("SUPERUSER_SECRET_ARN", SUPERUSER);
    scene.target.acceptOnly("lost");
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public Verdict set(
                  SecretDocument pending, SecretDocument authority, Rotation rotation)
                  throws Exception {
                return rotation.asSuperuserWithoutOwner(
                    authority,
                    superuser -> {
                      lent.add(superuser);
                      target.replaceBy(pending);
                      return Verdict.ACCEPTED;
                    });
              }
            });

    function.run(SET, TOKEN);

    assertThat(lent).hasSize(1);
    assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    assertThat(function.log()).anyMatch(line -> line.contains("without a login of the secret's"));
  }

  private Rotator lending() {
    return new ExclusiveRotator(scene.target) {
      @Override
      public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
          throws Exception {
        return rotation.asSuperuser(
            authority,
            superuser -> {
              lent.add(superuser);
              target.replaceBy(pending);
              return Verdict.ACCEPTED;
            });
      }
    };
  }

  private void nameInSecret(String superuser) {
    scene.store.add(CURRENT, naming(superuser, OLD_PASSWORD), "AWSCURRENT");
    scene.store.add(TOKEN, naming(superuser, NEW_PASSWORD), "AWSPENDING");
  }

  private static String naming(String superuser, String password) {
    return SecretDocument.parse(Secret.of(Scene.value(password)))
        .with("masterarn", superuser)
        .json()
        .reveal();
  }
}
