package io.github.keyturn.http;

import static io.github.keyturn.http.BadResponsesTest.failure;
import static io.github.keyturn.testkit.provider.ProviderProfile.SENDGRID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keys that are issued: which are revoked, which never, and what a provider at its limit gets. */
class IssuedKeyRotatorTest {

  private static final Map<String, String> PLAIN = Map.of();

  // Names

  @Test
  @DisplayName("A key's name says whose it is and which version it was issued for")
  void namesAKeyAfterItsVersion() throws Exception {
    try (Bed bed = small()) {
      String token = bed.rotate();

      assertThat(bed.provider.names(bed.account))
          .filteredOn(name -> name.startsWith("keyturn-"))
          .singleElement()
          .satisfies(
              name ->
                  assertThat(Naming.STANDARD.version(bed.arn, name))
                      .hasValueSatisfying(
                          version ->
                              assertThat(Naming.STANDARD.isOf(bed.arn, version, token)).isTrue()));
    }
  }

  @Test
  void makesNoUseOfUniqueNames() throws Exception {
    // Datadog's names are unique: a second try of the same version must have another one
    try (Bed bed = Bed.of(Shipped.DATADOG)) {
      String token = bed.stage();
      for (int i = 0; i < 3; i++) {
        bed.secrets.faults().failInside("PutSecretValue", 1);
        assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);
      }
      assertThat(bed.provider.names(bed.account)).hasSize(4).doesNotHaveDuplicates();

      bed.rotate(token);

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  // Which keys are revoked

  @Test
  void twoSecretsOfOneAccountLeaveEachOtherAlone() throws Exception {
    try (Bed bed = small()) {
      String other = bed.secrets.createSecret("prod/other/key", bed.current().json());
      HandlerFunction function = bed.function();
      String otherToken = bed.secrets.stage("prod/other/key");
      for (Step step : Step.values()) {
        function.invoke(HandlerFunction.event(step, other, otherToken));
      }
      SecretDocument others =
          SecretDocument.parse(bed.secrets.store().readCurrent("prod/other/key").value());

      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.accepts(others)).isTrue();
      // both began with the same key, which the first of them has revoked since
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3);
    }
  }

  @Test
  @DisplayName("What any label leads to is kept: AWSCURRENT moved back by hand")
  void keepsWhatLabelsLeadTo() throws Exception {
    try (Bed bed = small()) {
      bed.rotate();
      String first = bed.rotate();
      String second = bed.rotate();
      move(bed, "AWSCURRENT", second, first);

      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.accepts(bed.version(first).orElseThrow())).isTrue();
      assertThat(bed.accepts(bed.version(second).orElseThrow())).isFalse();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  void keepsAVersionThatAPersonHasPinned() throws Exception {
    try (Bed bed = small()) {
      bed.rotate();
      String pinned = bed.stage();
      bed.run(Step.CREATE, pinned);
      attach(bed, "PINNED", pinned);

      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.accepts(bed.version(pinned).orElseThrow())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3);
    }
  }

  @Test
  @DisplayName("A value that was stored again by hand has a version id that its key's name lacks")
  void keepsAKeyThatAPersonHasStoredAgain() throws Exception {
    try (Bed bed = small()) {
      bed.rotate();
      SecretDocument before = bed.current();
      bed.rotate();
      bed.secrets.putSecretValue(Bed.SECRET, before.json());
      String token = bed.stage();

      bed.run(Step.CREATE, token);

      assertThat(bed.accepts(bed.current())).isTrue();
      bed.rotate(token);
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  void doesNotRevokeAKeyWhoseSecretWasEdited() throws Exception {
    try (Bed bed = Bed.of(Shipped.GITLAB)) {
      bed.rotate();
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("groupPassword", "x").json());

      bed.run(Step.CREATE, bed.stage());

      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("A wrong id in the secret does not make a leftover of the key that is in use")
  void keepsTheKeyInUseWhenItsIdIsWrong() throws Exception {
    try (Bed bed = small()) {
      bed.rotate();
      // by then no version tells the right id
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("apiKeyId", "typo").json());
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("team", "billing").json());

      bed.run(Step.CREATE, bed.stage());

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.log())
          .anyMatch(
              line ->
                  line.contains("does not list the key that is in use")
                      && line.contains("'apiKeyId'"));
    }
  }

  @Test
  @DisplayName("A definition that looks for the new key's id in a wrong place revokes none")
  void keepsKeysWhenTheDefinitionTakesSomethingElseForTheirIds() throws Exception {
    String wrong =
        TestDefinition.small().with("/operations/create/extract/apiKeyId", "\"/name\"").text();
    try (Bed bed = Bed.of(SENDGRID, wrong, PLAIN)) {
      bed.rotate();
      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.log()).anyMatch(line -> line.contains("or the definition"));
    }
  }

  @Test
  @DisplayName("A list that lags behind shows a key too late, and shows one that is gone")
  void bearsAListThatLagsBehind() throws Exception {
    try (Bed bed = small()) {
      bed.rotate();
      bed.provider.listLag(Duration.ofHours(1));
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);
      bed.rotate(token);
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3);

      bed.provider.listLag(Duration.ZERO);
      bed.rotate();

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  void findsLeftoversOnLaterPages() throws Exception {
    try (Bed bed = Bed.of(Shipped.TWILIO)) {
      for (int i = 0; i < 5; i++) {
        bed.provider.makeByHand(bed.account, "by hand " + i);
      }
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);

      bed.rotate(token);

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(7);
    }
  }

  @Test
  @DisplayName("Of two createSecret at once one stores its key, and the other's is revoked")
  void twoAtOnceLeaveOneKey() throws Exception {
    try (Bed bed = small()) {
      bed.rotate();
      String token = bed.stage();
      // the second one runs when the first one is about to store its key
      HandlerFunction first =
          bed.function(
              new InterruptedStore(
                  bed.secrets.store(),
                  () -> {
                    try {
                      bed.run(Step.CREATE, token);
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  }));
      first.invoke(HandlerFunction.event(Step.CREATE, bed.arn, token));

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
      bed.rotate(token);
      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  void revokesAtOnceIfToldSoAlsoAfterACrashBetween() throws Exception {
    try (Bed bed = Bed.of(SENDGRID, TestDefinition.SMALL, Map.of("RETIRE_OLD", "AT_FINISH"))) {
      String token = bed.stage();
      bed.run(Step.CREATE, token);
      bed.run(Step.SET, token);
      bed.run(Step.TEST, token);
      bed.provider.answerNext("DELETE /v3/api_keys/", 500, Map.of(), "");
      assertThatThrownBy(() -> bed.run(Step.FINISH, token)).hasMessageContaining("500");

      bed.rotate();

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(1);
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  void saysThatAKeyWithoutIdCanNotBeRevoked() throws Exception {
    try (Bed bed = small()) {
      SecretDocument first = bed.current();
      bed.secrets.putSecretValue(
          Bed.SECRET,
          SecretDocument.parse(Secret.of("{}"))
              .with("apiKey", first.text("apiKey"))
              .with("masterarn", first.text("masterarn"))
              .json());
      bed.rotate();
      bed.rotate();

      assertThat(bed.accepts(first)).isTrue();
      assertThat(bed.log())
          .anyMatch(line -> line.contains("can't be revoked") && line.contains("'apiKeyId'"));
    }
  }

  // At the limit

  @Test
  @DisplayName("A provider at its limit: the error lists what a person could remove, and no value")
  void listsWhatCouldBeRemoved() throws Exception {
    try (Bed bed = limited(3)) {
      bed.provider.makeByHand(bed.account, "Jenkins");
      bed.provider.makeByHand(bed.account, "of somebody else");
      String token = bed.stage();

      Throwable failure = failure(bed, Step.CREATE, token);

      assertThat(failure)
          .hasMessageContaining("MISCONFIGURED: Small has 3 keys, and its limit is 3")
          .hasMessageContaining(
              "remove some of these by hand and rotate again: [Jenkins, of somebody else]")
          .hasMessageNotContaining(bed.value(bed.current()));
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3);
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  void makesRoomByRevokingWhatItLeftItself() throws Exception {
    try (Bed bed = limited(3)) {
      String token = bed.stage();
      for (int i = 0; i < 2; i++) {
        bed.secrets.faults().failInside("PutSecretValue", 1);
        assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);
      }
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3);

      bed.rotate(token);

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("At the limit too, another delivery's key is not taken for a leftover")
  void waitsForAnotherDeliveryBeforeItRevokes() throws Exception {
    try (Bed bed = limited(2)) {
      String token = bed.stage();
      Thread[] second = new Thread[1];
      HandlerFunction first =
          bed.function(
              new InterruptedStore(
                  bed.secrets.store(),
                  () -> {
                    second[0] = new Thread(() -> runQuietly(bed, token));
                    second[0].start();
                    try {
                      Thread.sleep(300);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      first.invoke(HandlerFunction.event(Step.CREATE, bed.arn, token));
      second[0].join();

      bed.rotate(token);

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  private static void runQuietly(Bed bed, String token) {
    try {
      bed.run(Step.CREATE, token);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("Keys without names are never revoked by guess, unless all are this secret's")
  void revokesNoUnnamedKeysByItself() throws Exception {
    try (Bed bed = Bed.of(Shipped.MONGODB_ATLAS, Map.of("REVOKE_UNNAMED_KEYS", "false"))) {
      bed.rotate();
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);

      bed.rotate(token);

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3);
      assertThat(bed.log()).anyMatch(line -> line.contains("AWSCURRENT works for 168 more hours"));
    }
  }

  // Propagation

  @Test
  void givesANewKeyItsTime() throws Exception {
    String slow = TestDefinition.small().with("/propagationSeconds", "20").text();
    try (Bed bed = Bed.of(SENDGRID, slow, PLAIN)) {
      bed.provider.propagation(Duration.ofSeconds(2));

      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  // Other providers

  @Test
  @DisplayName("GitLab's tokens are never rotated, so its reuse detection has nothing to detect")
  void neverRotatesATokenOfGitLab() throws Exception {
    try (Bed bed = Bed.of(Shipped.GITLAB)) {
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.provider.requests()).isNotEmpty().noneMatch(r -> r.contains("rotate"));
    }
  }

  @Test
  void graphqlIsRotatedTheSame() throws Exception {
    try (Bed bed =
        Bed.of(
            io.github.keyturn.testkit.provider.ProviderProfile.NEW_RELIC,
            TestDefinition.resource("new-relic.json"),
            Map.of("PROVIDER_ACCOUNT", "4711"))) {
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  // Helpers

  private static Bed small() {
    return Bed.of(SENDGRID, TestDefinition.SMALL, PLAIN);
  }

  private static Bed limited(int most) {
    Bed bed =
        Bed.of(
            SENDGRID, TestDefinition.small().with("/maxKeys", String.valueOf(most)).text(), PLAIN);
    bed.provider.limit(most);
    return bed;
  }

  private static void move(Bed bed, String label, String from, String to) {
    bed.secrets.call(
        "UpdateSecretVersionStage",
        JsonNodeFactory.instance
            .objectNode()
            .put("SecretId", Bed.SECRET)
            .put("VersionStage", label)
            .put("RemoveFromVersionId", from)
            .put("MoveToVersionId", to));
  }

  private static void attach(Bed bed, String label, String version) {
    bed.secrets.call(
        "UpdateSecretVersionStage",
        JsonNodeFactory.instance
            .objectNode()
            .put("SecretId", Bed.SECRET)
            .put("VersionStage", label)
            .put("MoveToVersionId", version));
    assertThat(bed.secrets.store().describe(Bed.SECRET).versionWith(label))
        .isEqualTo(java.util.Optional.of(version));
  }
}
