package io.github.keyturn;

import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keyturn.Outside.Moment;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The function dies before or after any of its calls, and Secrets Manager starts over. */
class CrashTest {

  private static final String THIRD_TOKEN = "version-4-0000-0000-0000-000000000000";

  /** Fewer would mean that the crashes did not reach the later steps. */
  private static final int FEWEST_CALLS = 9;

  /** Who rotates, and with which tokens in turn; only the last one comes through. */
  record Plan(String name, Function<Scene, RotationFunction> function, List<String> tokens) {
    /** If not, the target has a key with the label of that token, which only a rotator can find. */
    boolean comesBackWithTheSameToken() {
      return tokens.stream().distinct().count() == 1;
    }

    @Override
    public String toString() {
      return name + " with " + tokens.stream().distinct().count() + " token(s)";
    }
  }

  static Stream<Plan> plans() {
    return Stream.of(
            List.of(TOKEN, TOKEN),
            List.of(TOKEN, TOKEN, TOKEN),
            List.of(TOKEN, NEXT_TOKEN),
            List.of(TOKEN, NEXT_TOKEN, THIRD_TOKEN))
        .flatMap(
            tokens ->
                Stream.of(
                    new Plan("one password", Scene::exclusive, tokens),
                    new Plan("issued keys", Scene::issuing, tokens),
                    new Plan(
                        "issued keys, retired at finish",
                        scene -> scene.setting("RETIRE_OLD", "AT_FINISH").issuing(),
                        tokens)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plans")
  @DisplayName("Running the steps again heals a crash at any call")
  void healsACrashAtAnyCall(Plan plan) throws Exception {
    int call = 1;
    while (healsACrash(plan, call, Moment.BEFORE)) {
      healsACrash(plan, call, Moment.AFTER);
      call++;
    }
    assertThat(call).isGreaterThan(FEWEST_CALLS);
  }

  /** False when the rotation is over before its call of this number. */
  private static boolean healsACrash(Plan plan, int call, Moment moment) throws Exception {
    Scene scene = new Scene();
    boolean crashed = false;
    for (String token : plan.tokens().subList(0, plan.tokens().size() - 1)) {
      scene.outside.crashAt(call, moment);
      crashed |= crashes(scene, plan, token);
    }
    scene.outside.heal();

    rotate(scene, plan, last(plan.tokens()));

    String where = "after a crash %s call %d".formatted(moment, call);
    String current = scene.password("AWSCURRENT");
    assertThat(scene.store.versionWith("AWSCURRENT")).as(where).contains(last(plan.tokens()));
    assertThat(scene.target.accepts(current)).as(where).isTrue();
    assertThat(scene.store.labelled("AWSCURRENT").with("password", ""))
        .as(where)
        .isEqualTo(scene.store.document(CURRENT).with("password", ""));
    if (plan.comesBackWithTheSameToken()) {
      assertThat(scene.store.documents().stream().map(value -> value.text("password")))
          .as("no credential that nobody knows, " + where)
          .containsAll(scene.target.accepted());
    }
    return crashed;
  }

  private static boolean crashes(Scene scene, Plan plan, String token) {
    return catchThrowable(() -> rotate(scene, plan, token)) != null;
  }

  /** In a new function, as after a crash; the label moves as RotateSecret moves it. */
  private static void rotate(Scene scene, Plan plan, String token) throws Exception {
    if (!scene.store.versionWith("AWSCURRENT").equals(Optional.of(token))) {
      scene.store.stage(token);
    }
    plan.function().apply(scene).rotate(token);
  }

  private static String last(List<String> tokens) {
    return tokens.get(tokens.size() - 1);
  }
}
