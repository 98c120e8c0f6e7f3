package io.github.keyturn;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Secrets Manager tells of a secret without its values.
 *
 * @param arn the secret's full ARN
 * @param rotation whether rotation is switched on; a secret that was never set up for it says
 *     nothing
 * @param owningService the AWS service that manages the secret, if one does
 * @param deletion whether it is marked for deletion
 * @param labels the staging labels by version id
 * @param tags the secret's tags
 */
public record SecretDescription(
    String arn,
    Rotation rotation,
    Optional<String> owningService,
    Deletion deletion,
    Map<String, Set<String>> labels,
    Map<String, String> tags) {

  /** DescribeSecret's RotationEnabled, which may be absent. */
  public enum Rotation {
    /** Switched on. */
    ENABLED,
    /** Switched off by CancelRotateSecret. */
    DISABLED,
    /** Never set up; so it is during the first test of RotateSecret. */
    NEVER_CONFIGURED
  }

  /** Whether DeleteSecret was called. */
  public enum Deletion {
    /** It is a live secret. */
    NONE,
    /** It waits for the end of its recovery window and can't be used. */
    SCHEDULED
  }

  /** Copies the maps. */
  public SecretDescription {
    labels = Map.copyOf(labels);
    tags = Map.copyOf(tags);
  }

  /** Whether the version carries the label. */
  public boolean labelled(String versionId, String label) {
    return labels.getOrDefault(versionId, Set.of()).contains(label);
  }

  /** The version that carries the label; at most one does. */
  public Optional<String> versionWith(String label) {
    for (Map.Entry<String, Set<String>> version : labels.entrySet()) {
      if (version.getValue().contains(label)) {
        return Optional.of(version.getKey());
      }
    }
    return Optional.empty();
  }
}
