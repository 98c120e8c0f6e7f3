package io.github.keyturn.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.testkit.provider.ProviderProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The provider of the documentation's walk-through is this one, and it rotates. */
class WalkThroughTest {

  private static final String DEFINITION = TestDefinition.resource("grafana.json");

  @Test
  void isWhatTheDocumentationShows() throws IOException {
    String docs = Files.readString(Path.of("../../docs/http-providers.md"));

    assertThat(docs).contains("```json\n" + DEFINITION.strip() + "\n```");
    assertThat(DEFINITION.lines()).hasSizeLessThan(40);
  }

  @Test
  void rotates() throws Exception {
    try (Bed bed = Bed.of(ProviderProfile.GRAFANA, DEFINITION, Map.of())) {
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
      assertThat(bed.provider.names(bed.account))
          .allMatch(name -> name.startsWith("keyturn prod-app-api-key "));
    }
  }
}
