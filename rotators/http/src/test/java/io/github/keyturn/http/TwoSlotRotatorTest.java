package io.github.keyturn.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TwoSlotRotatorTest {

  @Test
  @DisplayName("A promotion that fails ends nothing, and is repeated")
  void repeatsAPromotionThatFailed() throws Exception {
    try (Bed bed = Bed.of(Shipped.TWILIO_AUTH_TOKEN)) {
      bed.rotate();
      SecretDocument current = bed.current();
      String token = bed.stage();
      SecretDocument previous =
          bed.version(
                  bed.secrets.store().describe(Bed.SECRET).versionWith("AWSPREVIOUS").orElseThrow())
              .orElseThrow();
      bed.provider.answerNext("POST /v1/AuthTokens/Promote", 500, Map.of(), "");
      Throwable failure = BadResponsesTest.failure(bed, Step.CREATE, token);
      assertThat(failure).hasMessageContaining("promote ");
      assertThat(bed.accepts(previous)).isTrue();

      bed.rotate(token);

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.accepts(current)).isTrue();
      assertThat(bed.accepts(previous)).isFalse();
    }
  }

  @Test
  @DisplayName("AWSCURRENT moved back by hand: the secondary key ends, and never the primary one")
  void endsTheSecondaryKeyWhenLabelsWereMoved() throws Exception {
    try (Bed bed = Bed.of(Shipped.TWILIO_AUTH_TOKEN)) {
      SecretDocument first = bed.current();
      String old = bed.secrets.store().readCurrent(Bed.SECRET).id();
      String token = bed.rotate();
      SecretDocument second = bed.current();
      bed.secrets.call(
          "UpdateSecretVersionStage",
          JsonNodeFactory.instance
              .objectNode()
              .put("SecretId", Bed.SECRET)
              .put("VersionStage", "AWSCURRENT")
              .put("RemoveFromVersionId", token)
              .put("MoveToVersionId", old));

      bed.rotate();

      assertThat(bed.accepts(first)).isTrue();
      assertThat(bed.accepts(second)).isFalse();
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("A promotion that comes after another delivery's new key does not end AWSCURRENT")
  void aLatePromotionIsRefused() throws Exception {
    try (Bed bed = Bed.of(Shipped.TWILIO_AUTH_TOKEN)) {
      bed.rotate();
      String token = bed.stage();

      // it has looked at the keys, and is about to promote
      bed.overtaken(Step.CREATE, token, origin -> origin.getHost().startsWith("accounts."));

      assertThat(bed.accepts(bed.current())).isTrue();
      bed.rotate(token);
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("A primary key that is told shortened is refused, so nothing is promoted")
  void promotesNothingWhenThePrimaryKeyIsShortened() throws Exception {
    try (Bed bed = Bed.of(Shipped.TWILIO_AUTH_TOKEN)) {
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);
      for (int i = 0; i < 2; i++) {
        bed.provider.answerNext(
            "GET /2010-04-01/Accounts/", 200, Map.of(), "{\"auth_token\": \"********1234\"}");
      }

      assertThat(BadResponsesTest.failure(bed, Step.CREATE, token))
          .hasMessageContaining("refuses the primary key that it has told itself")
          .hasMessageContaining("correct what 'describe' extracts");
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  void changesNothingWhenThePrimaryKeyIsNotTold() throws Exception {
    try (Bed bed = Bed.of(Shipped.TWILIO_AUTH_TOKEN)) {
      bed.rotate();
      bed.provider.forgetRequests();
      String token = bed.stage();
      // verified twice, then described
      String account = "GET /2010-04-01/Accounts/";
      for (int i = 0; i < 3; i++) {
        bed.provider.answerNext(account, 200, Map.of(), "{\"sid\": \"AC\"}");
      }

      assertThat(BadResponsesTest.failure(bed, Step.CREATE, token))
          .hasMessageContaining("does not tell the primary key, so nothing was changed");
      assertThat(bed.provider.requests()).allMatch(request -> request.startsWith("GET "));
    }
  }
}
