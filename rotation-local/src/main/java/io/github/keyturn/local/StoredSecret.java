package io.github.keyturn.local;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A secret with its versions. An operation changes a copy, and saving the copy publishes it. */
final class StoredSecret {

  private static final int MOST_VERSIONS = 100;
  private static final Duration SAFE_AGE = Duration.ofHours(24);

  /** Marked for deletion at one time, to be gone at another. */
  record Deletion(Instant marked, Instant due) {}

  final String arn;
  final String name;
  final Instant created;
  @Nullable String description;
  @Nullable String kmsKeyId;
  @Nullable String type;
  @Nullable String owningService;
  @Nullable String policy;
  @Nullable Deletion deletion;
  Instant changed;
  @Nullable LocalDate accessed;
  RotationSetup rotation = RotationSetup.NONE;

  /** A secret that never had tags shows none; one that lost its last shows an empty list. */
  @Nullable Map<String, String> tags;

  Labels labels = new Labels();

  /** In the order in which they were made. */
  final Map<String, StoredVersion> versions = new LinkedHashMap<>();

  StoredSecret(String arn, String name, Instant created) {
    this.arn = arn;
    this.name = name;
    this.created = created;
    this.changed = created;
  }

  StoredSecret copy() {
    StoredSecret copy = new StoredSecret(arn, name, created);
    copy.description = description;
    copy.kmsKeyId = kmsKeyId;
    copy.type = type;
    copy.owningService = owningService;
    copy.policy = policy;
    copy.deletion = deletion;
    copy.changed = changed;
    copy.accessed = accessed;
    copy.rotation = rotation;
    copy.tags = tags == null ? null : new LinkedHashMap<>(tags);
    copy.labels = labels.copy();
    copy.versions.putAll(versions);
    return copy;
  }

  String region() {
    return arn.split(":", -1)[3];
  }

  StoredSecret requireLive() {
    if (deletion != null) {
      throw ServiceException.invalidRequest(
          "You can't perform this operation on the secret because it was marked for deletion.");
    }
    return this;
  }

  /** For operations that AWS keeps to the service that manages the secret. */
  StoredSecret requireUnmanaged() {
    if (owningService != null) {
      throw ServiceException.invalidRequest(
          "You can't perform this operation on the secret because it is managed by %s."
              .formatted(owningService));
    }
    return this;
  }

  boolean deletionIsDue(Instant now) {
    return deletion != null && deletion.due().isBefore(now);
  }

  /** Whether a rotation has staged its version and not finished it. */
  boolean isRotating() {
    return labels.isOn(Labels.PENDING, rotation.token())
        && !labels.isOn(Labels.CURRENT, rotation.token());
  }

  /** What storing a value by hand means for a rotation that is under way: it is abandoned. */
  void storeCurrent(String version, Instant now) {
    String left = labels.version(Labels.CURRENT);
    boolean abandoned = isRotating() && !version.equals(rotation.token());
    labels.move(Labels.CURRENT, version);
    if (abandoned || (!version.equals(left) && labels.isOn(Labels.PENDING, left))) {
      labels.remove(Labels.PENDING);
    }
    rotation = rotation.rescheduled(now);
  }

  /** Versions without labels go once there are too many, oldest first, but no young one. */
  void prune(Instant now) {
    List<String> deprecated =
        versions.entrySet().stream()
            .filter(version -> labels.of(version.getKey()).isEmpty())
            .filter(version -> version.getValue().created().isBefore(now.minus(SAFE_AGE)))
            .map(Map.Entry::getKey)
            .toList();
    deprecated.stream()
        .limit(Math.max(0, versions.size() - MOST_VERSIONS))
        .forEach(versions::remove);
  }
}
