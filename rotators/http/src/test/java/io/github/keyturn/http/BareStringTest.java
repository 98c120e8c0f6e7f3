package io.github.keyturn.http;

import static io.github.keyturn.http.BadResponsesTest.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The secret may be the key itself, where the provider tells its id. */
class BareStringTest {

  @Test
  void isRotatedAndStaysABareString() throws Exception {
    try (Bed bed = cloudflare()) {
      String first = store(bed, bed.value(bed.current()));
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.provider.accepts(value(bed))).isTrue();
      assertThat(value(bed)).startsWith("sk-");
      assertThat(bed.provider.accepts(first)).isFalse();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  void leavesNothingBehindAfterACrash() throws Exception {
    try (Bed bed = cloudflare()) {
      store(bed, bed.value(bed.current()));
      bed.rotate();
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);
      String abandoned = bed.stage();
      bed.run(Step.CREATE, abandoned);

      bed.rotate();

      assertThat(bed.provider.accepts(value(bed))).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  @DisplayName("A new key that is refused for a while is not taken for a leftover")
  void keepsAKeyThatIsNotAcceptedYet() throws Exception {
    try (Bed bed = cloudflare()) {
      store(bed, bed.value(bed.current()));
      bed.provider.propagation(Duration.ofSeconds(2));
      bed.environment.put("SETTLE_SECONDS", "10");

      bed.rotate();

      assertThat(bed.provider.accepts(value(bed))).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  void isRefusedWhereNobodyTellsTheId() throws Exception {
    try (Bed bed = Bed.of(Shipped.SENDGRID, Map.of("SUPERUSER_SECRET_ARN", "prod/admin"))) {
      store(bed, bed.value(bed.current()));

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining(
              "the secret is a bare string, and SendGrid API keys does not tell a key's id")
          .hasMessageContaining("store a JSON object with the fields 'apiKey' and 'apiKeyId'");
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(1);
    }
  }

  @Test
  void isRefusedInPlace() throws Exception {
    try (Bed bed = Bed.of(Shipped.CLOUDFLARE_ROLL, Map.of("SUPERUSER_SECRET_ARN", "prod/admin"))) {
      store(bed, bed.value(bed.current()));

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("from which the key's id can't be told once it is refused");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\nX-Admin: true"})
  void mustHaveNoLineBreak(String end) throws Exception {
    try (Bed bed = cloudflare()) {
      String key = store(bed, bed.value(bed.current()) + end);

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("AWSCURRENT is neither a JSON object nor a bare string")
          .hasMessageNotContaining(key.strip());
    }
  }

  private static Bed cloudflare() {
    return Bed.of(Shipped.CLOUDFLARE, Map.of("SUPERUSER_SECRET_ARN", "prod/admin"));
  }

  private static String store(Bed bed, String value) {
    bed.secrets.putSecretValue(Bed.SECRET, Secret.of(value));
    return value;
  }

  private static String value(Bed bed) {
    return bed.secrets.store().readCurrent(Bed.SECRET).value().reveal();
  }
}
