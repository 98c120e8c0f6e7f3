package io.github.keyturn;

import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.ScriptedStore.Call.DESCRIBE;
import static io.github.keyturn.ScriptedStore.Call.PROMOTE;
import static io.github.keyturn.ScriptedStore.Call.PUT;
import static io.github.keyturn.ScriptedStore.Call.READ;
import static io.github.keyturn.ScriptedStore.Call.READ_CURRENT;
import static io.github.keyturn.ScriptedStore.Call.READ_PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.ScriptedStore.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a normal rotation by a warm function costs. */
class CallCountTest {

  private final Scene scene = new Scene();
  private final RotationFunction function = scene.exclusive();

  @Test
  void aRotationTakesNineCallsToSecretsManager() throws Exception {
    assertThat(callsOf(Step.CREATE)).containsExactly(DESCRIBE, READ_PENDING, READ, PUT);
    assertThat(callsOf(Step.SET)).containsExactly(READ_CURRENT, READ_PENDING);
    assertThat(callsOf(Step.TEST)).containsExactly(READ_PENDING);
    assertThat(callsOf(Step.FINISH)).containsExactly(DESCRIBE, PROMOTE);
  }

  @Test
  void aRotationTakesThreeLoginsAndNoneIsRefused() throws Exception {
    function.rotate(TOKEN);

    assertThat(scene.target.logins()).isEqualTo(3);
    assertThat(scene.target.refusedLogins()).isZero();
  }

  @Test
  void aSecondRotationCostsNoMore() throws Exception {
    function.rotate(TOKEN);
    scene.store.forgetCalls();

    scene.store.stage(NEXT_TOKEN);
    function.rotate(NEXT_TOKEN);

    assertThat(scene.store.calls()).hasSize(9);
    assertThat(scene.target.refusedLogins()).isZero();
  }

  @Test
  void overlappingRotationsNeverCauseARefusedLogin() throws Exception {
    RotationFunction issuing = scene.issuing();
    issuing.rotate(TOKEN);

    scene.store.stage(NEXT_TOKEN);
    issuing.rotate(NEXT_TOKEN);

    assertThat(scene.target.refusedLogins()).isZero();
    assertThat(scene.target.accepted())
        .containsExactlyInAnyOrder(scene.password("AWSPREVIOUS"), scene.password("AWSCURRENT"));
  }

  private List<Call> callsOf(Step step) throws Exception {
    scene.store.forgetCalls();
    function.run(step, TOKEN);
    return scene.store.calls();
  }
}
