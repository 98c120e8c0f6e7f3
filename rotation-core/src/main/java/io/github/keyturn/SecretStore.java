package io.github.keyturn;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operations of Secrets Manager that a rotation needs. Versions are read by their id; of the
 * labels only AWSCURRENT is ever followed, by {@link #readCurrent}.
 *
 * <p>All methods throw {@link RotationException}: MISCONFIGURED for a secret that does not exist,
 * is marked for deletion, or holds a binary value; PRIVILEGE when IAM or KMS says no; NETWORK, TLS
 * or THROTTLED when the service can't be asked.
 */
public interface SecretStore {

  /** The labels and the state of a secret, without its values (DescribeSecret). */
  SecretDescription describe(String secretId);

  /**
   * The value of a version, or empty when it has none: there is no such version, or it is the
   * placeholder that RotateSecret made (GetSecretValue by VersionId).
   */
  Optional<Secret> read(String secretId, String versionId);

  /**
   * The value of a version that carries AWSPENDING, or empty when it has no value or not this label
   * (GetSecretValue by VersionId and VersionStage): a value is proof of the label.
   */
  Optional<Secret> readPending(String secretId, String token);

  /** The version that carries AWSCURRENT, with its value (GetSecretValue by VersionStage). */
  SecretVersion readCurrent(String secretId);

  /**
   * Stores the value of version {@code token} under AWSPENDING, unless it has another value
   * already: versions are immutable (PutSecretValue).
   *
   * @param rotationToken the event's RotationToken, if it has one; rotation across accounts fails
   *     without it
   */
  PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken);

  /**
   * Moves AWSCURRENT from one version to another in one call, and AWSPREVIOUS with it
   * (UpdateSecretVersionStage with RemoveFromVersionId).
   *
   * @throws RotationException CONFLICT when AWSCURRENT is not at {@code from} (any more)
   */
  void promote(String secretId, String from, String to);

  /**
   * The ids of all versions, newest first, those without labels included (ListSecretVersionIds with
   * IncludeDeprecated).
   */
  List<String> history(String secretId);

  /** This store, with every call over by {@code deadline}. */
  default SecretStore until(Instant deadline) {
    return this;
  }

  /** What {@link #putPending} found. */
  enum PutOutcome {
    /** The version has this value now, by this call or by an earlier one. */
    STORED,
    /** The version had another value already, and keeps it: somebody else was first. */
    HAS_OTHER_VALUE
  }
}
