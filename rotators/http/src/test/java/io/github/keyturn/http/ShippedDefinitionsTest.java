package io.github.keyturn.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every definition that ships, against a provider that behaves as its documentation says. */
class ShippedDefinitionsTest {

  @Test
  void areAllHere() {
    assertThat(Arrays.stream(Shipped.values()).map(Shipped::definitionName))
        .containsExactlyInAnyOrderElementsOf(ProviderDefinition.SHIPPED);
  }

  @ParameterizedTest
  @EnumSource
  void sayWhereTheyAreFromAndThatTheyWereNotRunLive(Shipped shipped) {
    ProviderDefinition definition = shipped.definition();

    assertThat(definition.documentation()).isNotEmpty().allMatch(url -> url.startsWith("https://"));
    assertThat(definition.comment())
        .anyMatch(comment -> comment.startsWith("From documentation: "))
        .anyMatch(comment -> comment.startsWith("Not run against the live provider"));
  }

  @ParameterizedTest
  @EnumSource
  void rotateAgainAndAgain(Shipped shipped) throws Exception {
    try (Bed bed = Bed.of(shipped)) {
      SecretDocument first = bed.current();

      for (int i = 0; i < 3; i++) {
        SecretDocument before = bed.current();
        bed.rotate();

        assertThat(bed.value(bed.current())).isNotEqualTo(bed.value(before));
        assertThat(bed.accepts(bed.current())).isTrue();
        assertThat(bed.accepts(before)).isEqualTo(shipped.definition().overlaps());
      }

      assertThat(bed.accepts(first)).isFalse();
      assertThat(bed.provider.liveKeys(bed.account))
          .hasSize(shipped.definition().overlaps() ? 2 : 1);
      assertThat(bed.current().text("team")).isEqualTo("payments");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("A crash between the provider's answer and PutSecretValue leaves no key behind")
  void leaveNothingBehindAfterACrash(Shipped shipped) throws Exception {
    try (Bed bed = Bed.of(shipped)) {
      bed.rotate();
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).hasMessageContaining("FAILED");

      bed.rotate(token);

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account))
          .hasSize(shipped.definition().overlaps() ? 2 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void leaveNothingBehindAfterAnAbandonedRotation(Shipped shipped) throws Exception {
    try (Bed bed = Bed.of(shipped)) {
      bed.rotate();
      String abandoned = bed.stage();
      bed.run(Step.CREATE, abandoned);
      bed.run(Step.SET, abandoned);

      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.accepts(bed.version(abandoned).orElseThrow())).isFalse();
      assertThat(bed.provider.liveKeys(bed.account))
          .hasSize(shipped.definition().overlaps() ? 2 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"AUTH0", "CLOUDFLARE_ROLL"})
  void endTheOldKeyAtOnceIfToldSo(Shipped shipped) throws Exception {
    try (Bed bed = Bed.of(shipped, java.util.Map.of("RETIRE_OLD", "AT_FINISH"))) {
      SecretDocument first = bed.current();
      bed.rotate();

      assertThat(bed.accepts(first)).isFalse();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"TWILIO_AUTH_TOKEN", "CLOUDFLARE_ROLL", "AUTH0"})
  @DisplayName("Keys that others have made are never touched")
  void leaveOtherPeoplesKeysAlone(Shipped shipped) throws Exception {
    // a client secret of Okta would be one too many, and Atlas was told that all are its own
    if (shipped == Shipped.OKTA || shipped == Shipped.MONGODB_ATLAS) {
      return;
    }
    try (Bed bed = Bed.of(shipped)) {
      String others = bed.provider.makeByHand(bed.account, "keyturn-0123456789ab-made-by-hand");
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(3).contains(others);
    }
  }
}
