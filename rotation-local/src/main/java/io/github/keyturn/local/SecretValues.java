package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Storing and reading values. */
final class SecretValues {

  private static final int LARGEST_VALUE = 65536;
  private static final int MOST_STAGES = 20;
  private static final int LONGEST_STAGE = 256;
  private static final int SHORTEST_ROTATION_TOKEN = 36;
  private static final int LONGEST_ROTATION_TOKEN = 256;

  private final Secrets secrets;
  private final RotationTokens rotationTokens;

  SecretValues(Secrets secrets, RotationTokens rotationTokens) {
    this.secrets = secrets;
    this.rotationTokens = rotationTokens;
  }

  Map<String, Operation> operations() {
    return Map.of("PutSecretValue", this::put, "GetSecretValue", this::get);
  }

  private ObjectNode put(Arguments in) {
    String token = in.token();
    StoredValue value =
        value(in)
            .orElseThrow(
                () ->
                    ServiceException.invalidRequest(
                        "You must provide either SecretString or SecretBinary."));
    List<String> stages = in.texts("VersionStages", 1, MOST_STAGES).orElse(List.of(Labels.CURRENT));
    stages.forEach(stage -> in.checkLength("VersionStages", stage, 1, LONGEST_STAGE));
    Optional<Secret> rotationToken =
        in.text("RotationToken", SHORTEST_ROTATION_TOKEN, LONGEST_ROTATION_TOKEN).map(Secret::of);
    StoredSecret secret = secrets.edit(in.secretId()).requireLive().requireUnmanaged();
    if (store(secret, token, value)) {
      stages.forEach(stage -> attach(secret, stage, token));
      if (secret.labels.version(Labels.CURRENT) == null) {
        attach(secret, Labels.CURRENT, token);
      }
      secret.changed = secrets.now();
      secrets.save(secret);
    }
    rotationToken.ifPresent(proof -> rotationTokens.present(secret.arn, token, proof));
    ObjectNode out = Secrets.identify(secret).put("VersionId", token);
    Json.array(out, "VersionStages", secret.labels.of(token));
    return out;
  }

  private void attach(StoredSecret secret, String stage, String version) {
    if (stage.equals(Labels.CURRENT)) {
      secret.storeCurrent(version, secrets.now());
    } else {
      secret.labels.move(stage, version);
    }
  }

  /**
   * Adds a version or fills a placeholder. A version never changes: the same value again is no
   * change, and another one is refused.
   *
   * @return whether something changed
   */
  boolean store(StoredSecret secret, String token, StoredValue value) {
    StoredVersion known = secret.versions.get(token);
    if (known != null && known.value() != null) {
      if (!value.equals(known.value())) {
        throw ServiceException.exists(
            "You can't use ClientRequestToken %s because that value is already in use for a version of secret %s."
                .formatted(token, secret.arn));
      }
      return false;
    }
    secret.versions.put(token, new StoredVersion(value, secrets.now(), null));
    return true;
  }

  /** The value of a request, if it has one. */
  static Optional<StoredValue> value(Arguments in) {
    Optional<String> text = in.text("SecretString", 0, Integer.MAX_VALUE);
    Optional<byte[]> binary = in.bytes("SecretBinary");
    if (text.isPresent() && binary.isPresent()) {
      throw ServiceException.invalidParameter(
          "You can't specify both a binary secret value and a string secret value in the same"
              + " secret.");
    }
    text.ifPresent(
        value -> checkSize("SecretString", value.getBytes(StandardCharsets.UTF_8).length));
    binary.ifPresent(value -> checkSize("SecretBinary", value.length));
    return text.map(Secret::of)
        .map(StoredValue::text)
        .or(
            () ->
                binary
                    .map(Base64.getEncoder()::encodeToString)
                    .map(Secret::of)
                    .map(base64 -> new StoredValue(StoredValue.Kind.BINARY, base64)));
  }

  private static void checkSize(String member, int size) {
    if (size < 1) {
      throw Arguments.invalid(member, "Member must have length greater than or equal to 1");
    }
    if (size > LARGEST_VALUE) {
      throw Arguments.invalid(
          member, "Member must have length less than or equal to " + LARGEST_VALUE);
    }
  }

  private ObjectNode get(Arguments in) {
    Optional<String> version = in.text("VersionId", 32, 64);
    Optional<String> stage = in.text("VersionStage", 1, LONGEST_STAGE);
    StoredSecret secret = secrets.read().secret(in.secretId());
    return entry(secret, version, stage);
  }

  /** GetSecretValue's answer; BatchGetSecretValue gives the same for each secret. */
  ObjectNode entry(StoredSecret secret, Optional<String> version, Optional<String> stage) {
    secret.requireLive();
    String id = version.orElseGet(() -> labelled(secret, stage.orElse(Labels.CURRENT)));
    StoredVersion found = secret.versions.get(id);
    if (found == null || found.value() == null) {
      throw noValue(
          version.isPresent()
              ? "VersionId: " + id
              : "staging label: " + stage.orElse(Labels.CURRENT));
    }
    if (stage.isPresent() && !secret.labels.isOn(stage.get(), id)) {
      throw ServiceException.invalidRequest(
          "You provided a VersionStage that is not associated to the provided VersionId.");
    }
    secrets.touch(secret, id);
    ObjectNode out = Secrets.identify(secret).put("VersionId", id);
    found.value().putInto(out);
    ArrayNode stages = Json.array(out, "VersionStages", secret.labels.of(id));
    if (stages.isEmpty()) {
      out.remove("VersionStages");
    }
    Json.put(out, "CreatedDate", found.created());
    return out;
  }

  private static String labelled(StoredSecret secret, String stage) {
    String version = secret.labels.version(stage);
    if (version == null) {
      throw noValue("staging label: " + stage);
    }
    return version;
  }

  private static ServiceException noValue(String what) {
    return ServiceException.notFound(
        "Secrets Manager can't find the specified secret value for " + what);
  }
}
