package io.github.keyturn.cli;

import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.testkit.ForwardingSecretStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows a handler AWSPENDING on a version that is still to be made. Before RotateSecret invokes a
 * function it registers such a placeholder, which no other operation of Secrets Manager can do.
 */
final class StagedVersion {

  private static final String AWSPENDING = "AWSPENDING";

  private @Nullable SecretStore store;
  private @Nullable String token;

  /** The handler's store, with the placeholder. */
  SecretStore between(SecretStore handlerStore) {
    store = handlerStore;
    return new StagingStore(handlerStore);
  }

  /** The store as it is. */
  SecretStore store() {
    if (store == null) {
      throw new IllegalStateException("no handler was wrapped");
    }
    return store;
  }

  /** The version to show as pending. */
  void stage(String version) {
    token = version;
  }

  /** What RotateSecret does besides: it switches rotation on, also after CancelRotateSecret. */
  private SecretDescription asRotateSecretLeavesIt(SecretDescription secret) {
    return new SecretDescription(
        secret.arn(),
        SecretDescription.Rotation.ENABLED,
        secret.owningService(),
        secret.deletion(),
        withPlaceholder(secret.labels()),
        secret.tags());
  }

  private Map<String, Set<String>> withPlaceholder(Map<String, Set<String>> labels) {
    if (token == null || labels.containsKey(token)) {
      return labels;
    }
    Map<String, Set<String>> moved = new HashMap<>();
    labels.forEach(
        (version, names) -> {
          Set<String> others = new HashSet<>(names);
          others.remove(AWSPENDING);
          moved.put(version, others);
        });
    moved.put(token, Set.of(AWSPENDING));
    return moved;
  }

  private final class StagingStore extends ForwardingSecretStore {

    StagingStore(SecretStore behind) {
      super(behind);
    }

    @Override
    protected SecretStore inFrontOf(SecretStore other) {
      return new StagingStore(other);
    }

    @Override
    public SecretDescription describe(String secretId) {
      return asRotateSecretLeavesIt(super.describe(secretId));
    }
  }
}
