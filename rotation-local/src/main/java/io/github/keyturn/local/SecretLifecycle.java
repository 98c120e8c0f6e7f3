package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Making, changing, deleting and tagging secrets. */
final class SecretLifecycle {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@!-]+");
  private static final int LONGEST_NAME = 512;
  private static final int LONGEST_TEXT = 2048;
  private static final int MOST_TAGS = 50;
  private static final int LONGEST_TAG_KEY = 128;
  private static final int LONGEST_TAG_VALUE = 256;
  private static final long SHORTEST_WINDOW = 7;
  private static final long LONGEST_WINDOW = 30;

  private final Secrets secrets;
  private final SecretValues values;

  SecretLifecycle(Secrets secrets, SecretValues values) {
    this.secrets = secrets;
    this.values = values;
  }

  Map<String, Operation> operations() {
    return Map.of(
        "CreateSecret", this::create,
        "UpdateSecret", this::update,
        "DeleteSecret", this::delete,
        "RestoreSecret", this::restore,
        "TagResource", this::tag,
        "UntagResource", this::untag);
  }

  private ObjectNode create(Arguments in) {
    String name = in.required("Name", in.text("Name", 1, LONGEST_NAME));
    if (!NAME.matcher(name).matches()) {
      throw ServiceException.validation(
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the"
              + " following: -/_+=.@!");
    }
    Optional<StoredValue> value = SecretValues.value(in);
    @Nullable String token = value.isPresent() ? in.token() : null;
    Optional<Map<String, String>> tags = in.structures("Tags", 0, MOST_TAGS).map(this::tags);
    if (secrets.exists(name)) {
      return createAgain(secrets.edit(name), token, value);
    }
    StoredSecret secret = new StoredSecret(secrets.newArn(name), name, secrets.now());
    describe(secret, in);
    secret.tags = tags.orElse(null);
    ObjectNode out = Secrets.identify(secret);
    if (value.isPresent() && token != null) {
      values.store(secret, token, value.get());
      secret.labels.move(Labels.CURRENT, token);
      out.put("VersionId", token);
    }
    secrets.save(secret);
    return out;
  }

  /** A client that got no answer may ask again, with the same token and value. */
  private ObjectNode createAgain(
      StoredSecret secret, @Nullable String token, Optional<StoredValue> value) {
    if (secret.deletion != null) {
      throw ServiceException.invalidRequest(
          "You can't create this secret because a secret with this name is already scheduled for"
              + " deletion.");
    }
    if (token == null || value.isEmpty() || !secret.versions.containsKey(token)) {
      throw ServiceException.exists(
          "The operation failed because the secret %s already exists.".formatted(secret.name));
    }
    values.store(secret, token, value.get());
    return Secrets.identify(secret).put("VersionId", token);
  }

  private static void describe(StoredSecret secret, Arguments in) {
    in.text("Description", 0, LONGEST_TEXT).ifPresent(text -> secret.description = text);
    in.text("KmsKeyId", 0, LONGEST_TEXT).ifPresent(key -> secret.kmsKeyId = key);
    in.text("Type", 0, LONGEST_TEXT).ifPresent(type -> secret.type = type);
  }

  private ObjectNode update(Arguments in) {
    Optional<StoredValue> value = SecretValues.value(in);
    @Nullable String token = value.isPresent() ? in.token() : null;
    StoredSecret secret = secrets.edit(in.secretId()).requireLive().requireUnmanaged();
    describe(secret, in);
    ObjectNode out = Secrets.identify(secret);
    if (value.isPresent() && token != null) {
      if (values.store(secret, token, value.get())) {
        secret.storeCurrent(token, secrets.now());
      }
      out.put("VersionId", token);
    }
    secret.changed = secrets.now();
    secrets.save(secret);
    return out;
  }

  private ObjectNode delete(Arguments in) {
    Optional<Long> window = in.number("RecoveryWindowInDays");
    boolean force = in.flag("ForceDeleteWithoutRecovery").orElse(false);
    if (force && window.isPresent()) {
      throw ServiceException.invalidParameter(
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    long days = window.orElse(LONGEST_WINDOW);
    if (days < SHORTEST_WINDOW || days > LONGEST_WINDOW) {
      throw ServiceException.invalidParameter(
          "The RecoveryWindowInDays value must be between %d and %d days (inclusive)."
              .formatted(SHORTEST_WINDOW, LONGEST_WINDOW));
    }
    return force ? deleteNow(in.secretId()) : deleteLater(in.secretId(), Duration.ofDays(days));
  }

  /** Deleting by force what is not there is no error. */
  private ObjectNode deleteNow(String secretId) {
    ObjectNode out;
    try {
      StoredSecret secret = secrets.edit(secretId).requireUnmanaged();
      secrets.remove(secret);
      out = Secrets.identify(secret);
    } catch (ServiceException e) {
      if (!e.code().equals("ResourceNotFoundException")) {
        throw e;
      }
      out = Json.object().put("ARN", secretId).put("Name", secretId);
    }
    Json.put(out, "DeletionDate", secrets.now());
    return out;
  }

  private ObjectNode deleteLater(String secretId, Duration window) {
    StoredSecret secret = secrets.edit(secretId).requireLive().requireUnmanaged();
    Instant now = secrets.now();
    secret.deletion = new StoredSecret.Deletion(now, now.plus(window));
    secret.changed = now;
    secrets.save(secret);
    ObjectNode out = Secrets.identify(secret);
    Json.put(out, "DeletionDate", now.plus(window));
    return out;
  }

  private ObjectNode restore(Arguments in) {
    StoredSecret secret = secrets.edit(in.secretId());
    secret.deletion = null;
    secret.changed = secrets.now();
    secrets.save(secret);
    return Secrets.identify(secret);
  }

  private ObjectNode tag(Arguments in) {
    Map<String, String> added = tags(in.required("Tags", in.structures("Tags", 0, MOST_TAGS)));
    StoredSecret secret = secrets.edit(in.secretId()).requireLive();
    Map<String, String> tags = new LinkedHashMap<>();
    if (secret.tags != null) {
      tags.putAll(secret.tags);
    }
    tags.putAll(added);
    if (tags.size() > MOST_TAGS) {
      throw ServiceException.invalidParameter(
          "A secret can have at most %d tags.".formatted(MOST_TAGS));
    }
    secret.tags = tags;
    secret.changed = secrets.now();
    secrets.save(secret);
    return Json.object();
  }

  private Map<String, String> tags(List<Arguments> structures) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Arguments tag : structures) {
      String key = tag.required("Key", tag.text("Key", 1, LONGEST_TAG_KEY));
      if (key.startsWith("aws:")) {
        throw ServiceException.invalidParameter(
            "Tag keys that start with aws: are reserved for AWS.");
      }
      tags.put(key, tag.text("Value", 0, LONGEST_TAG_VALUE).orElse(""));
    }
    return tags;
  }

  private ObjectNode untag(Arguments in) {
    List<String> keys = in.required("TagKeys", in.texts("TagKeys", 0, MOST_TAGS));
    StoredSecret secret = secrets.edit(in.secretId()).requireLive();
    if (secret.tags != null) {
      keys.forEach(secret.tags::remove);
    }
    secret.changed = secrets.now();
    secrets.save(secret);
    return Json.object();
  }
}
