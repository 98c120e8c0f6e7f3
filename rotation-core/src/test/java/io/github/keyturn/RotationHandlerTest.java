package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.CREATE;
import static io.github.keyturn.Step.SET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RotationHandlerTest {

  private final Scene scene = new Scene();

  @Test
  void eachInvocationLeavesOneLineOfJson() throws Exception {
    RotationFunction function = scene.exclusive();

    function.run(CREATE, TOKEN);

    assertThat(function.log()).hasSize(1).allMatch(line -> line.endsWith("}\n"));
    assertThat(function.logged("secret")).isEqualTo(ScriptedStore.SECRET);
    assertThat(function.logged("version")).isEqualTo(TOKEN);
    assertThat(function.logged("step")).isEqualTo("createSecret");
    assertThat(function.logged("outcome")).isEqualTo("APPLIED");
    assertThat(function.logged("millis")).matches("\\d+");
  }

  @Test
  void aFailureLeavesItsReasonInTheLog() throws Exception {
    RotationFunction function = scene.exclusive();
    function.run(CREATE, TOKEN);
    scene.target.goDown();

    assertThat(function.failure(SET, TOKEN).reason()).isEqualTo(FAILED);

    assertThat(function.logged("outcome")).isEqualTo("FAILED");
    assertThat(function.logged("reason")).isEqualTo("FAILED");
    assertThat(function.logged("message")).contains("the target does not answer");
    assertThat(function.logged("millis")).matches("\\d+");
  }

  @Test
  void aNoteOfItsStartIsLoggedOnce() throws Exception {
    FakeContext context = new FakeContext();
    RotationHandler handler =
        new RotationHandler(
            new ExclusiveRotator(scene.target),
            RotationSettings.from(Map.of()),
            Map.of(),
            new AwsClient.Connection(scene.store, "it rained")) {};

    for (int i = 0; i < 2; i++) {
      handler.handleRequest(
          new ByteArrayInputStream(event().getBytes(StandardCharsets.UTF_8)),
          new ByteArrayOutputStream(),
          context);
    }

    assertThat(context.lines()).filteredOn(line -> line.contains("it rained")).hasSize(1);
    assertThat(context.lines().get(0)).contains("\"note\":\"it rained\"");
  }

  private static String event() {
    return """
        {"Step": "createSecret", "SecretId": "%s", "ClientRequestToken": "%s"}"""
        .formatted(ScriptedStore.SECRET, TOKEN);
  }

  @Test
  void runsOutsideOfLambdaWithoutALog() throws Exception {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    RotationHandler handler =
        new RotationHandler(
            new ExclusiveRotator(scene.target), RotationSettings.from(Map.of()), scene.store) {};

    handler.handleRequest(
        new ByteArrayInputStream(event().getBytes(StandardCharsets.UTF_8)), answer, null);

    assertThat(answer.toString(StandardCharsets.UTF_8)).isEqualTo("null");
    assertThat(scene.store.hasValue(TOKEN)).isTrue();
  }

  @Test
  void anInterruptIsPassedOn() {
    RotationFunction function = scene.function(failingWith(new InterruptedException("stop")));

    assertThat(function.failure(CREATE, TOKEN).reason()).isEqualTo(FAILED);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  @DisplayName("Lambda replaces a process that ran out of memory only if it sees the error")
  void anErrorOfTheVirtualMachineIsPassedOn() {
    RotationFunction function = scene.function(failingWith(new OutOfMemoryError("heap")));

    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> function.run(CREATE, TOKEN));
  }

  private Rotator failingWith(Throwable failure) {
    return new ExclusiveRotator(scene.target) {
      @Override
      public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
        if (failure instanceof Error error) {
          throw error;
        }
        throw (Exception) failure;
      }
    };
  }
}
