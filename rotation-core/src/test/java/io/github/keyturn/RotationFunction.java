package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A function as Lambda keeps it warm: one handler that gets events as bytes. */
final class RotationFunction {

  static final String ROTATION_TOKEN = "rotation-token-0123456789-0123456789";

  private final RotationHandler handler;
  private final FakeContext context = new FakeContext();

  RotationFunction(Rotator rotator, Map<String, String> environment, SecretStore store) {
    handler = new Handler(rotator, RotationSettings.from(environment), store);
  }

  void rotate(String token) throws IOException {
    for (Step step : Step.values()) {
      run(step, token);
    }
  }

  void run(Step step, String token) throws IOException {
    String event =
        """
        {"Step": "%s", "SecretId": "%s", "ClientRequestToken": "%s", "RotationToken": "%s"}"""
            .formatted(step.wireName(), ScriptedStore.SECRET, token, ROTATION_TOKEN);
    assertThat(run(event)).isEqualTo("null");
  }

  String run(String event) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), answer, context);
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** How the step fails, which it must. */
  RotationException failure(Step step, String token) {
    RotationException failure =
        catchThrowableOfType(RotationException.class, () -> run(step, token));
    assertThat(failure).as("the failure of %s", step).isNotNull();
    return failure;
  }

  FakeContext context() {
    return context;
  }

  List<String> log() {
    return context.lines();
  }

  /** A field of the line that the last invocation ended with. */
  String logged(String field) {
    List<String> lines = context.lines();
    return SecretDocument.parse(Secret.of(lines.get(lines.size() - 1))).text(field);
  }

  private static final class Handler extends RotationHandler {
    Handler(Rotator rotator, RotationSettings settings, SecretStore store) {
      super(rotator, settings, store);
    }
  }
}
