package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.OLD_PASSWORD;
import static io.github.keyturn.Scene.PREVIOUS;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.ScriptedStore.Call.HISTORY;
import static io.github.keyturn.Step.SET;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetSecretTest {

  private static final String NEW_PASSWORD = "new-password-of-version-2";

  private final Scene scene = Scene.withPending(NEW_PASSWORD);

  @Test
  void bringsThePendingValueToTheTargetAsTheCurrentOne() throws Exception {
    RotationFunction function = scene.exclusive();

    function.run(SET, TOKEN);

    assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    assertThat(scene.target.refusedLogins()).isZero();
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(CURRENT);
    assertThat(function.logged("outcome")).isEqualTo("APPLIED");
  }

  @Test
  void anIssuedValueNeedsNoAuthority() throws Exception {
    scene.target.accept(NEW_PASSWORD);
    scene.target.accept("unrelated");

    scene.issuing().run(SET, TOKEN);

    assertThat(scene.target.logins()).isEqualTo(1);
    assertThat(scene.target.changes()).isZero();
  }

  @Test
  void doesNothingForAVersionThatIsCurrentAlready() throws Exception {
    scene.store.add(TOKEN, Scene.value(NEW_PASSWORD), "AWSCURRENT");
    RotationFunction function = scene.exclusive();

    function.run(SET, TOKEN);

    assertThat(scene.target.logins()).isZero();
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Test
  void doesNothingForACurrentVersionThatLostAwspending() throws Exception {
    scene.store.removeLabel("AWSPENDING");
    RotationFunction function = scene.exclusive();

    function.run(SET, CURRENT);

    assertThat(scene.target.logins()).isZero();
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Test
  void refusesAVersionThatIsNotStaged() {
    assertThat(scene.exclusive().failure(SET, NEXT_TOKEN))
        .hasMessageContaining("does not carry AWSPENDING");
    assertThat(scene.target.logins()).isZero();
  }

  @Test
  @DisplayName("Secrets Manager may not see at once what was written")
  void waitsForAPendingValueThatIsNotSeenYet() throws Exception {
    scene.store.hidePendingFor(2);

    scene.exclusive().run(SET, TOKEN);

    assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
  }

  @Test
  void namesAVersionThatHasNoValue() {
    scene.store.stage(NEXT_TOKEN);
    RotationFunction function = scene.exclusive();
    function.context().timeLeft(Duration.ofMillis(200));

    RotationException failure = function.failure(SET, NEXT_TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("AWSPENDING has no value, so createSecret has not run to its end");
    assertThat(scene.target.logins()).isZero();
  }

  @Test
  void waitsForAChangeToSettle() throws Exception {
    scene.target.lagBehind(1);

    scene.setting("SETTLE_SECONDS", "1").exclusive().run(SET, TOKEN);

    assertThat(scene.target.refusedLogins()).isEqualTo(1);
  }

  @Test
  void aValueThatStaysRefusedIsRejected() {
    scene.target.lagBehind(1);

    RotationException failure = scene.exclusive().failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(REJECTED);
    assertThat(failure).hasMessageContaining("the target refuses the login of AWSPENDING");
  }

  @Test
  void aLoginThatLacksARightIsAMatterOfPrivilege() {
    scene.target.loseRights();

    RotationException failure = scene.exclusive().failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(PRIVILEGE);
    assertThat(failure)
        .hasMessageContaining("AWSPENDING, but it lacks a right, a setting or a node");
  }

  @Test
  @DisplayName("An outage is never taken for a refused login")
  void anOutageIsNotARefusal() {
    scene.target.goDown();

    RotationException failure = scene.exclusive().failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(FAILED);
    assertThat(failure).hasMessageContaining("java.io.IOException: the target does not answer");
    assertThat(scene.store.calls()).doesNotContain(HISTORY);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "engine, fake, other",
    "host, target.example.com, evil.example.com",
    "port, 5432, 5433",
  })
  void refusesAPendingValueOfAnotherTarget(String field, String ours, String theirs) {
    scene.store.add(TOKEN, Scene.value(NEW_PASSWORD).replace(ours, theirs), "AWSPENDING");

    RotationException failure = scene.exclusive().failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("they differ in [%s]", field);
    assertThat(scene.target.logins()).isZero();
  }

  @Test
  void namesAllTargetFieldsThatDiffer() {
    scene.store.add(
        TOKEN, "{\"dbname\": \"other\", \"masterarn\": \"arn\", \"nodes\": [1]}", "AWSPENDING");

    assertThat(scene.exclusive().failure(SET, TOKEN))
        .hasMessageContaining("[engine, host, port, dbname, nodes, masterarn]")
        .hasMessageNotContaining("evil");
  }

  @Test
  void aPortIsTheSameAsNumberAndAsText() throws Exception {
    scene.store.add(TOKEN, Scene.value(NEW_PASSWORD).replace("5432", "\"5432\""), "AWSPENDING");

    scene.exclusive().run(SET, TOKEN);

    assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
  }

  @Nested
  @DisplayName("When the target refuses AWSCURRENT")
  class Recovery {

    @Test
    @DisplayName("a retry of setSecret finds the pending value in place")
    void findsThePendingValueInPlace() throws Exception {
      scene.target.acceptOnly(NEW_PASSWORD);
      RotationFunction function = scene.exclusive();

      function.run(SET, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
      assertThat(scene.store.calls()).doesNotContain(HISTORY);
      assertThat(function.logged("outcome")).isEqualTo("RECOVERED");
    }

    @Test
    @DisplayName("a rotation abandoned after its change left the value that lets the next one in")
    void getsInWithTheValueOfAnAbandonedRotation() throws Exception {
      scene.store.add(NEXT_TOKEN, Scene.value("newest-password"), "AWSPENDING");
      scene.target.acceptOnly(NEW_PASSWORD);
      RotationFunction function = scene.exclusive();

      function.run(SET, NEXT_TOKEN);

      assertThat(scene.target.accepted()).containsExactly("newest-password");
      assertThat(function.logged("outcome")).isEqualTo("RECOVERED");
      assertThat(function.log())
          .anyMatch(line -> line.contains("recovered with the value of version " + TOKEN));
    }

    @Test
    void triesTheNewestVersionsFirstAndEachValueOnce() throws Exception {
      Scene withHistory = new Scene();
      withHistory.store.add("oldest", Scene.value("oldest-password"));
      withHistory.store.add("older", Scene.value("older-password"));
      withHistory.store.add("same-as-older", Scene.value("older-password"));
      withHistory.store.add("no-json", "raw-password");
      withHistory.store.stage("no-value");
      withHistory.store.add(TOKEN, Scene.value(NEW_PASSWORD), "AWSPENDING");
      withHistory.target.acceptOnly("oldest-password");
      List<String> tried = new ArrayList<>();

      withHistory
          .function(
              new ExclusiveRotator(withHistory.target) {
                @Override
                public Verdict set(
                    SecretDocument pending, SecretDocument authority, Rotation rotation)
                    throws Exception {
                  tried.add(authority.text("password"));
                  return super.set(pending, authority, rotation);
                }
              })
          .run(SET, TOKEN);

      assertThat(tried)
          .containsExactly(OLD_PASSWORD, NEW_PASSWORD, "older-password", "oldest-password");
    }

    @Test
    void triesNoMoreVersionsThanSecretsManagerKeeps() {
      for (int i = 0; i < 120; i++) {
        scene.store.add("older-" + i, Scene.value("older-password-" + i));
      }
      scene.target.acceptOnly("older-password-0");

      assertThat(scene.exclusive().failure(SET, TOKEN).reason()).isEqualTo(REJECTED);
      assertThat(scene.target.logins()).isEqualTo(102);
    }

    @Test
    void neverTriesAnOlderValueAtAnotherTarget() {
      scene.store.add(
          PREVIOUS,
          Scene.value("previous-password").replace("target.example.com", "old.example.com"),
          "AWSPREVIOUS");
      scene.target.acceptOnly("previous-password");

      assertThat(scene.exclusive().failure(SET, TOKEN).reason()).isEqualTo(REJECTED);
      assertThat(scene.target.accepted()).containsExactly("previous-password");
    }

    @Test
    void triesAnOlderValueThatNamesNoAddress() throws Exception {
      scene.store.add(
          PREVIOUS,
          Scene.value("previous-password").replace("\"host\"", "\"formerHost\""),
          "AWSPREVIOUS");
      scene.target.acceptOnly("previous-password");

      scene.exclusive().run(SET, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    }

    @Test
    void goesOnAfterAVersionThatCannotBeUsed() throws Exception {
      scene.store.add(PREVIOUS, Scene.value("previous-password"), "AWSPREVIOUS");
      scene.store.add("somebody-else", Scene.value("unusable"));
      scene.target.acceptOnly("previous-password");

      scene
          .function(
              new ExclusiveRotator(scene.target) {
                @Override
                public Verdict set(
                    SecretDocument pending, SecretDocument authority, Rotation rotation)
                    throws Exception {
                  if (authority.text("password").equals("unusable")) {
                    throw new RotationException(MISCONFIGURED, "of somebody else");
                  }
                  return super.set(pending, authority, rotation);
                }
              })
          .run(SET, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    }

    @Test
    @DisplayName("A rotation that was given up while setSecret ran does not overrule the next one")
    void changesNothingOnceAwspendingHasLeft() {
      scene.store.add(PREVIOUS, Scene.value("previous-password"), "AWSPREVIOUS");
      scene.target.acceptOnly("previous-password");

      RotationException failure =
          scene
              .function(
                  new ExclusiveRotator(scene.target) {
                    @Override
                    public Verdict set(
                        SecretDocument pending, SecretDocument authority, Rotation rotation)
                        throws Exception {
                      scene.store.stage(Scene.NEXT_TOKEN);
                      return super.set(pending, authority, rotation);
                    }
                  })
              .failure(SET, TOKEN);

      assertThat(failure.reason()).isEqualTo(CONFLICT);
      assertThat(scene.target.accepted()).containsExactly("previous-password");
    }

    @Test
    void saysWhyAwscurrentIsNoAuthority() {
      RotationException failure =
          scene
              .function(
                  new ExclusiveRotator(scene.target) {
                    @Override
                    public Verdict set(
                        SecretDocument pending, SecretDocument authority, Rotation rotation) {
                      return rotation.refuse(
                          rotation.isCurrent(authority) ? "of another user" : "not that either");
                    }
                  })
              .failure(SET, TOKEN);

      assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
      assertThat(failure)
          .hasMessageContaining("AWSCURRENT: of another user; AWSPENDING: not that either");
    }

    @Test
    void tellsAwscurrentWhicheverTheAuthorityIs() {
      List<SecretDocument> told = new ArrayList<>();
      scene
          .function(
              new ExclusiveRotator(scene.target) {
                @Override
                public Verdict set(
                    SecretDocument pending, SecretDocument authority, Rotation rotation) {
                  told.add(rotation.current());
                  return Verdict.REJECTED;
                }
              })
          .failure(SET, TOKEN);

      assertThat(told).hasSizeGreaterThan(1).containsOnly(scene.store.labelled("AWSCURRENT"));
    }

    @Test
    void saysWhatToDoWhenNothingIsAccepted() {
      scene.target.acceptOnly("changed-by-hand");

      RotationException failure = scene.exclusive().failure(SET, TOKEN);

      assertThat(failure.reason()).isEqualTo(REJECTED);
      assertThat(failure)
          .hasMessageContaining(
              "none of the 2 values of this secret can set the new one (AWSCURRENT: login refused;"
                  + " AWSPENDING: login refused)")
          .hasMessageContaining("store the right one with PutSecretValue, and rotate again");
      assertThat(scene.target.accepted()).containsExactly("changed-by-hand");
    }

    @Test
    void triesOnlyAwspreviousWhenItMayNotListTheVersions() throws Exception {
      scene.store.add(PREVIOUS, Scene.value("previous-password"), "AWSPREVIOUS");
      scene.store.failNext(HISTORY, PRIVILEGE);
      scene.target.acceptOnly("previous-password");
      RotationFunction function = scene.exclusive();

      function.run(SET, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
      assertThat(function.log()).anyMatch(line -> line.contains("may not list"));
    }

    @Test
    void aBusySecretsManagerIsReportedAsSuch() {
      scene.store.failNext(HISTORY, THROTTLED);
      scene.target.acceptOnly("changed-by-hand");

      assertThat(scene.exclusive().failure(SET, TOKEN).reason()).isEqualTo(THROTTLED);
    }
  }
}
