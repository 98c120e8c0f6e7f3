package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** RotateSecret and CancelRotateSecret: what is checked and noted before a function is invoked. */
final class Rotations {

  private static final int LONGEST_FUNCTION = 2048;

  private final Secrets secrets;
  private final Functions functions;
  private final RotationRunner runner;

  Rotations(Secrets secrets, Functions functions, RotationRunner runner) {
    this.secrets = secrets;
    this.functions = functions;
    this.runner = runner;
  }

  Map<String, Operation> operations() {
    return Map.of("RotateSecret", this::rotate, "CancelRotateSecret", this::cancel);
  }

  private ObjectNode rotate(Arguments in) {
    String token = in.token(ServiceException::invalidParameter);
    Optional<String> named = in.text("RotationLambdaARN", 0, LONGEST_FUNCTION);
    Optional<RotationRules> rules = in.structure("RotationRules").map(RotationRules::of);
    boolean immediately = in.flag("RotateImmediately").orElse(true);
    StoredSecret secret = secrets.edit(in.secretId()).requireLive().requireUnmanaged();
    String function =
        named
            .or(() -> Optional.ofNullable(secret.rotation.function()))
            .orElseThrow(
                () ->
                    ServiceException.invalidRequest(
                        "No Lambda rotation function ARN is associated with this secret."));
    RotationFunction code = find(function);
    if (!isRepeated(secret, token)) {
      requireNoOther(secret, token);
      secret.rotation = secret.rotation.by(function, rules.orElse(null), secrets.now());
      if (immediately) {
        secret.rotation = secret.rotation.enabled(true);
        stage(secret, token, null);
        secrets.save(secret);
        runner.start(new RotationRunner.Job(secret.arn, token, code, List.of(Step.values())));
      } else {
        stage(secret, token, currentValue(secret));
        // a test leaves RotationEnabled unsaid when it is the first
        if (secret.rotation.enabled() != null) {
          secret.rotation = secret.rotation.enabled(true);
        }
        secrets.save(secret);
        runner.start(new RotationRunner.Job(secret.arn, token, code, List.of(Step.TEST)));
      }
    }
    return Secrets.identify(secret).put("VersionId", token);
  }

  /** A client that got no answer may ask again with the same token. */
  private boolean isRepeated(StoredSecret secret, String token) {
    if (!token.equals(secret.rotation.token())) {
      return false;
    }
    reattempt(secret);
    return true;
  }

  private void requireNoOther(StoredSecret secret, String token) {
    String pending = secret.labels.version(Labels.PENDING);
    if (pending != null && !secret.labels.isOn(Labels.CURRENT, pending)) {
      reattempt(secret);
      throw ServiceException.invalidRequest(
          "A previous rotation isn't complete. That rotation will be reattempted.");
    }
    if (secret.versions.containsKey(token)) {
      throw ServiceException.invalidParameter(
          "You can't use ClientRequestToken %s because that value is already in use for a version of secret %s."
              .formatted(token, secret.arn));
    }
  }

  private void reattempt(StoredSecret secret) {
    String token = secret.rotation.token();
    String function = secret.rotation.function();
    if (secret.isRotating()
        && token != null
        && function != null
        && !Boolean.FALSE.equals(secret.rotation.enabled())
        && !runner.isRunning(secret.arn)) {
      functions
          .find(function)
          .ifPresent(
              code ->
                  runner.start(
                      new RotationRunner.Job(secret.arn, token, code, List.of(Step.values()))));
    }
  }

  private RotationFunction find(String function) {
    return functions
        .find(function)
        .orElseThrow(
            () ->
                ServiceException.accessDenied(
                    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the"
                        + " function policy grants access to the principal"
                        + " secretsmanager.amazonaws.com."));
  }

  private static @Nullable StoredValue currentValue(StoredSecret secret) {
    String current = secret.labels.version(Labels.CURRENT);
    StoredVersion version = current == null ? null : secret.versions.get(current);
    return version == null ? null : version.value();
  }

  /** The label is there before the value is: createSecret finds it on its token. */
  private void stage(StoredSecret secret, String token, @Nullable StoredValue value) {
    secret.versions.put(token, new StoredVersion(value, secrets.now(), null));
    secret.labels.move(Labels.PENDING, token);
    secret.rotation = secret.rotation.started(token);
    secret.changed = secrets.now();
  }

  /** Stages a version as RotateSecret does, and leaves the steps to the caller. */
  String stage(String secretId) {
    String token = UUID.randomUUID().toString();
    StoredSecret secret = secrets.edit(secretId);
    stage(secret, token, null);
    secrets.save(secret);
    return token;
  }

  private ObjectNode cancel(Arguments in) {
    StoredSecret secret = secrets.edit(in.secretId()).requireLive().requireUnmanaged();
    secret.rotation = secret.rotation.cancelled();
    secret.changed = secrets.now();
    secrets.save(secret);
    ObjectNode out = Secrets.identify(secret);
    if (secret.isRotating()) {
      out.put("VersionId", secret.rotation.token());
    }
    return out;
  }
}
