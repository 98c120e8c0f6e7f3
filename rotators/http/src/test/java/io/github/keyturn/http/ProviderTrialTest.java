package io.github.keyturn.http;

import static io.github.keyturn.testkit.provider.ProviderProfile.SENDGRID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a trial says is what a rotation would do. */
class ProviderTrialTest {

  @Test
  @DisplayName("Two superuser secrets are an error here, because they are one in a rotation")
  void refusesTwoSuperuserSecrets() throws Exception {
    try (Bed bed = small()) {
      String other = bed.secrets.createSecret("prod/other-admin", Secret.of("{}"));
      bed.environment.put("SUPERUSER_SECRET_ARN", other);

      assertThat(BadResponsesTest.failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("is not the superuser secret that this function may use");
      assertThatThrownBy(() -> run(bed))
          .hasMessageContaining("is not the superuser secret that this function may use");
    }
  }

  @Test
  void saysThatTheKeyInUseIsNotListed() throws Exception {
    try (Bed bed = small()) {
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("apiKeyId", "typo").json());

      assertThat(run(bed).lines())
          .anyMatch(line -> line.contains("does not list the key that is in use"));
    }
  }

  @Test
  @DisplayName("A key of a rotation that is under way is not called somebody else's")
  void tellsAKeyThatMayStillBeStored() throws Exception {
    try (Bed bed = small()) {
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);

      assertThat(run(bed).lines())
          .filteredOn(line -> line.contains("keyturn-"))
          .singleElement()
          .asString()
          .endsWith(": this secret's, of a version that has no value yet");
    }
  }

  @Test
  @DisplayName("A key's name is other people's text: it moves no cursor and fills no screen")
  void showsNamesAsOneLine() throws Exception {
    try (Bed bed = small()) {
      bed.provider.makeByHand(bed.account, "a\u001b[2Jb\nok: all is well" + "x".repeat(500));

      assertThat(run(bed).lines())
          .filteredOn(line -> line.contains("all is well"))
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line)
                      .doesNotContain("\u001b", "\n")
                      .hasSizeLessThan(200)
                      .endsWith(": not this secret's; left alone"));
    }
  }

  @Test
  @DisplayName("An id that is an object is no id, and is not shown")
  void showsNoObject() throws Exception {
    String wrong = TestDefinition.small().with("/operations/list/item/id", "\"\"").text();
    try (Bed bed = Bed.of(SENDGRID, wrong, Map.of())) {
      assertThatThrownBy(() -> run(bed))
          .hasMessageContaining("has an entry without a text or a number at the whole answer");
    }
  }

  private static ProviderTrial.Result run(Bed bed) throws InterruptedException {
    return bed.trial().run();
  }

  private static Bed small() {
    return Bed.of(SENDGRID, TestDefinition.SMALL, Map.of());
  }
}
