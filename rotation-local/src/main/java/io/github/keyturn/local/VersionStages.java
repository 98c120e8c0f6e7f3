package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Versions and their labels, without values. */
final class VersionStages {

  private static final int LONGEST_STAGE = 256;
  private static final int LONGEST_VERSION_ID = 64;

  private final Secrets secrets;

  VersionStages(Secrets secrets) {
    this.secrets = secrets;
  }

  Map<String, Operation> operations() {
    return Map.of("UpdateSecretVersionStage", this::update, "ListSecretVersionIds", this::list);
  }

  private ObjectNode update(Arguments in) {
    String stage = in.required("VersionStage", in.text("VersionStage", 1, LONGEST_STAGE));
    @Nullable String from = in.text("RemoveFromVersionId", 1, LONGEST_VERSION_ID).orElse(null);
    @Nullable String to = in.text("MoveToVersionId", 1, LONGEST_VERSION_ID).orElse(null);
    StoredSecret secret = secrets.edit(in.secretId()).requireLive();
    if (from == null && to == null) {
      throw ServiceException.invalidParameter(
          "You must provide a value for either MoveToVersionId or RemoveFromVersionId.");
    }
    requireHolder(secret, stage, from, to);
    if (to == null) {
      if (stage.equals(Labels.CURRENT)) {
        throw ServiceException.invalidParameter(
            "You can only move staging label AWSCURRENT to a different secret version. It can't be"
                + " completely removed.");
      }
      secret.labels.remove(stage);
    } else {
      requireVersion(secret, stage, to);
      secret.labels.move(stage, to);
    }
    secret.changed = secrets.now();
    secrets.save(secret);
    return Secrets.identify(secret);
  }

  /** The compare of this compare-and-set: the caller names the version that it believes in. */
  private static void requireHolder(
      StoredSecret secret, String stage, @Nullable String from, @Nullable String to) {
    String holder = secret.labels.version(stage);
    if (from == null) {
      if (holder != null && !holder.equals(to)) {
        throw ServiceException.invalidParameter(
            "The parameter RemoveFromVersionId can't be empty. Staging label %s is currently attached to version %s, so you must explicitly reference that version in RemoveFromVersionId."
                .formatted(stage, holder));
      }
      return;
    }
    if (!secret.versions.containsKey(from)) {
      throw ServiceException.invalidParameter("Not a valid version: '%s'".formatted(from));
    }
    if (!from.equals(holder)) {
      throw ServiceException.invalidParameter(
          "Version stage '%s' not found in version '%s'".formatted(stage, from));
    }
  }

  private static void requireVersion(StoredSecret secret, String stage, String to) {
    StoredVersion version = secret.versions.get(to);
    if (version == null || (version.value() == null && stage.equals(Labels.CURRENT))) {
      throw ServiceException.notFound(
          "Secrets Manager can't find the specified secret value for VersionId: " + to);
    }
  }

  private ObjectNode list(Arguments in) {
    boolean withDeprecated = in.flag("IncludeDeprecated").orElse(false);
    StoredSecret secret = secrets.read().secret(in.secretId());
    List<String> ids = new ArrayList<>(secret.versions.keySet());
    if (!withDeprecated) {
      ids.removeIf(id -> secret.labels.of(id).isEmpty());
    }
    Collections.reverse(ids);
    ObjectNode out = Secrets.identify(secret);
    ArrayNode versions = out.putArray("Versions");
    Page.of(in, ids, out).forEach(id -> versions.add(entry(secret, id)));
    return out;
  }

  private static ObjectNode entry(StoredSecret secret, String id) {
    ObjectNode entry = Json.object().put("VersionId", id);
    if (!secret.labels.of(id).isEmpty()) {
      Json.array(entry, "VersionStages", secret.labels.of(id));
    }
    StoredVersion version = secret.versions.get(id);
    if (version != null) {
      Json.put(entry, "CreatedDate", version.created());
      Json.put(entry, "LastAccessedDate", version.lastAccessed());
    }
    String key = secret.kmsKeyId == null ? "DefaultEncryptionKey" : secret.kmsKeyId;
    entry.putArray("KmsKeyIds").add(key);
    return entry;
  }
}
