package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.PREVIOUS;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.ScriptedStore.Call.HISTORY;
import static io.github.keyturn.ScriptedStore.Call.PUT;
import static io.github.keyturn.Step.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a rotator is told of the secret's versions, to clean up after those that were given up. */
class HistoryTest {

  private final Scene scene = new Scene();

  @Test
  void tellsTheLabelsAsTheyAreNow() throws Exception {
    scene.store.add(PREVIOUS, Scene.value("older"), "AWSPREVIOUS");
    List<Map<String, Set<String>>> told = new ArrayList<>();

    create(
        rotation -> {
          told.add(rotation.labels());
          scene.store.removeLabel("AWSPREVIOUS");
          told.add(rotation.labels());
        });

    assertThat(told)
        .containsExactly(
            Map.of(
                PREVIOUS, Set.of("AWSPREVIOUS"),
                CURRENT, Set.of("AWSCURRENT"),
                TOKEN, Set.of("AWSPENDING")),
            Map.of(CURRENT, Set.of("AWSCURRENT"), TOKEN, Set.of("AWSPENDING")));
  }

  @Test
  void givesTheValueOfAVersionIfItHasOne() throws Exception {
    scene.store.add(PREVIOUS, "no document");

    create(
        rotation -> {
          assertThat(rotation.version(CURRENT)).contains(scene.store.document(CURRENT));
          assertThat(rotation.version(TOKEN)).isEmpty();
          assertThat(rotation.version(PREVIOUS)).isEmpty();
        });
  }

  @Test
  void takesTheValuesOfOldVersionsOutOfTheLog() throws Exception {
    scene.store.add(PREVIOUS, Scene.value("password-of-an-old-version"));

    RotationFunction function =
        create(
            rotation ->
                rotation.log(rotation.version(PREVIOUS).orElseThrow().text("password") + " seen"));

    assertThat(function.log()).anyMatch(line -> line.contains("*** seen"));
  }

  @Test
  void listsAllVersionsNewestFirst() throws Exception {
    create(rotation -> assertThat(rotation.history()).containsExactly(TOKEN, CURRENT));
  }

  @Test
  void listsThoseWithALabelWhereItMayNotListAll() throws Exception {
    scene.store.add(PREVIOUS, Scene.value("abandoned"));
    scene.store.failNext(HISTORY, PRIVILEGE);

    RotationFunction function =
        create(
            rotation -> assertThat(rotation.history()).containsExactlyInAnyOrder(TOKEN, CURRENT));

    assertThat(function.log()).anyMatch(line -> line.contains("may not list"));
  }

  @Test
  @DisplayName("A value that another delivery has stored already may be returned by create")
  void aStoredValueMayBeReturned() throws Exception {
    // in other words, so that PutSecretValue does not take it for the same
    String stored = Scene.value("of-another-delivery").replace(": ", " : ");
    scene.store.beforeNext(PUT, () -> scene.store.add(TOKEN, stored, "AWSPENDING"));
    scene.target.accept("of-another-delivery");
    RotationFunction function =
        scene.function(
            new IssuingRotator(scene.target) {
              @Override
              public SecretDocument create(SecretDocument current, Rotation rotation) {
                return current.with("password", "of-another-delivery");
              }
            });

    function.run(CREATE, TOKEN);

    assertThat(scene.target.accepts("of-another-delivery")).isTrue();
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  private RotationFunction create(Consumer<Rotation> look) throws Exception {
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public SecretDocument create(SecretDocument current, Rotation rotation)
                  throws Exception {
                look.accept(rotation);
                return super.create(current, rotation);
              }
            });
    function.run(CREATE, TOKEN);
    return function;
  }
}
