package io.github.keyturn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secrets as the state file holds them: names of our own, values in the clear. */
final class StateJson {

  private static final String FORMAT = "keyturn-local-secrets";
  private static final int VERSION = 1;
  private static final Pattern ARN =
      Pattern.compile("arn:aws:secretsmanager:[^:]+:\\d{12}:secret:.+-[A-Za-z0-9]{6}");

  private StateJson() {}

  static byte[] write(Map<String, StoredSecret> secrets) {
    ObjectNode root = Json.object().put("format", FORMAT).put("version", VERSION);
    ArrayNode list = root.putArray("secrets");
    secrets.values().forEach(secret -> list.add(write(secret)));
    return Json.write(root);
  }

  /** Empty for a file that is not ours, or damaged. */
  static Optional<Map<String, StoredSecret>> read(byte[] text) {
    try {
      return Json.parseObject(text).map(StateJson::read);
    } catch (NoSuchElementException
        | DateTimeException
        | IllegalArgumentException
        | ServiceException unsafe) {
      return Optional.empty();
    }
  }

  private static Map<String, StoredSecret> read(ObjectNode root) {
    if (!text(root, "format").equals(FORMAT) || root.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException("another format");
    }
    Map<String, StoredSecret> secrets = new LinkedHashMap<>();
    for (JsonNode node : root.required("secrets")) {
      StoredSecret secret = readSecret(node);
      secrets.put(secret.name, secret);
    }
    return secrets;
  }

  private static ObjectNode write(StoredSecret secret) {
    ObjectNode node = Json.object();
    node.put("arn", secret.arn).put("name", secret.name);
    node.put("description", secret.description);
    node.put("kmsKeyId", secret.kmsKeyId);
    node.put("type", secret.type);
    node.put("owningService", secret.owningService);
    node.put("policy", secret.policy);
    node.put("accessed", secret.accessed == null ? null : secret.accessed.toString());
    Json.dropNulls(node);
    Json.put(node, "created", secret.created);
    Json.put(node, "changed", secret.changed);
    if (secret.deletion != null) {
      Json.put(node, "deletionMarked", secret.deletion.marked());
      Json.put(node, "deletionDue", secret.deletion.due());
    }
    if (secret.tags != null) {
      ObjectNode tags = node.putObject("tags");
      secret.tags.forEach(tags::put);
    }
    node.set("rotation", write(secret.rotation));
    ArrayNode versions = node.putArray("versions");
    secret.versions.forEach((id, version) -> versions.add(write(id, version, secret.labels)));
    return node;
  }

  private static ObjectNode write(RotationSetup rotation) {
    ObjectNode node = Json.object();
    node.put("enabled", rotation.enabled());
    node.put("function", rotation.function());
    node.put("token", rotation.token());
    Json.dropNulls(node);
    Json.put(node, "last", rotation.last());
    Json.put(node, "next", rotation.next());
    if (rotation.rules() != null) {
      rotation.rules().putInto(node.putObject("rules"));
    }
    return node;
  }

  private static ObjectNode write(String id, StoredVersion version, Labels labels) {
    ObjectNode node = Json.object().put("id", id);
    Json.put(node, "created", version.created());
    if (version.lastAccessed() != null) {
      node.put("accessed", version.lastAccessed().toString());
    }
    if (version.value() != null) {
      version.value().putInto(node);
    }
    Json.array(node, "labels", labels.of(id));
    return node;
  }

  private static StoredSecret readSecret(JsonNode node) {
    StoredSecret secret = new StoredSecret(arn(node), text(node, "name"), time(node, "created"));
    secret.changed = time(node, "changed");
    secret.description = optionalText(node, "description");
    secret.kmsKeyId = optionalText(node, "kmsKeyId");
    secret.type = optionalText(node, "type");
    secret.owningService = optionalText(node, "owningService");
    secret.policy = optionalText(node, "policy");
    secret.accessed = day(node);
    if (node.has("deletionDue")) {
      secret.deletion =
          new StoredSecret.Deletion(time(node, "deletionMarked"), time(node, "deletionDue"));
    }
    if (node.has("tags")) {
      Map<String, String> tags = new LinkedHashMap<>();
      node.get("tags").properties().forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
      secret.tags = tags;
    }
    secret.rotation = readRotation(node.required("rotation"));
    for (JsonNode version : node.required("versions")) {
      readVersion(version, secret);
    }
    return secret;
  }

  private static String arn(JsonNode node) {
    String arn = text(node, "arn");
    if (!ARN.matcher(arn).matches()) {
      throw new IllegalArgumentException("arn");
    }
    return arn;
  }

  private static RotationSetup readRotation(JsonNode node) {
    @Nullable Boolean enabled = node.has("enabled") ? node.get("enabled").booleanValue() : null;
    @Nullable RotationRules rules =
        node.get("rules") instanceof ObjectNode members
            ? RotationRules.of(new Arguments(members))
            : null;
    return new RotationSetup(
        enabled,
        optionalText(node, "function"),
        rules,
        node.has("last") ? time(node, "last") : null,
        node.has("next") ? time(node, "next") : null,
        optionalText(node, "token"));
  }

  private static void readVersion(JsonNode node, StoredSecret secret) {
    String id = text(node, "id");
    @Nullable StoredValue value = null;
    for (StoredValue.Kind kind : StoredValue.Kind.values()) {
      @Nullable String content = optionalText(node, kind.member);
      if (content != null) {
        value = new StoredValue(kind, Secret.of(content));
      }
    }
    secret.versions.put(id, new StoredVersion(value, time(node, "created"), day(node)));
    for (JsonNode label : node.required("labels")) {
      secret.labels.restore(label.asText(), id);
    }
  }

  private static @Nullable LocalDate day(JsonNode node) {
    String day = optionalText(node, "accessed");
    return day == null ? null : LocalDate.parse(day);
  }

  private static Instant time(JsonNode node, String name) {
    JsonNode time = node.required(name);
    if (!time.isNumber()) {
      throw new IllegalArgumentException(name);
    }
    return Json.instant(time.decimalValue());
  }

  private static String text(JsonNode node, String name) {
    return Optional.ofNullable(optionalText(node, name)).orElseThrow();
  }

  private static @Nullable String optionalText(JsonNode node, String name) {
    return node.path(name).textValue();
  }
}
