package io.github.keyturn.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.local.LocalSecretsManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Contracts of good rotators under a framework with one mistake. What the framework sees of Secrets
 * Manager is bent so that it behaves as if it had the mistake itself.
 */
final class BrokenCores {

  private BrokenCores() {}

  private abstract static class OnePassword extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword();
    }
  }

  static class SkipsThePromotion extends OnePassword {
    @Override
    SecretStore store(LocalSecretsManager secrets) {
      return new Bent(secrets.store()) {
        @Override
        public void promote(String secretId, String from, String to) {}
      };
    }
  }

  static class ForgetsRemoveFromVersionId extends OnePassword {
    @Override
    SecretStore store(LocalSecretsManager secrets) {
      return new Bent(secrets.store()) {
        @Override
        public void promote(String secretId, String from, String to) {
          ObjectNode request =
              JsonNodeFactory.instance
                  .objectNode()
                  .put("SecretId", secretId)
                  .put("VersionStage", "AWSCURRENT")
                  .put("MoveToVersionId", to);
          secrets.call("UpdateSecretVersionStage", request);
        }
      };
    }
  }

  static class PromotesWithoutComparing extends OnePassword {
    @Override
    int oneIn() {
      return 1;
    }

    @Override
    SecretStore store(LocalSecretsManager secrets) {
      return new Bent(secrets.store()) {
        @Override
        public void promote(String secretId, String from, String to) {
          store.promote(secretId, store.readCurrent(secretId).id(), to);
        }
      };
    }
  }

  static class TriesNoOlderVersions extends OnePassword {
    @Override
    int oneIn() {
      return 1;
    }

    @Override
    SecretStore store(LocalSecretsManager secrets) {
      return new Bent(secrets.store()) {
        @Override
        public List<String> history(String secretId) {
          return List.of();
        }
      };
    }
  }

  /** createSecret does not look whether there is a value, and replaces it. */
  static class MakesANewValueEachTime extends OnePassword {

    private final Map<String, Secret> newest = new ConcurrentHashMap<>();

    @Override
    SecretStore store(LocalSecretsManager secrets) {
      return new Bent(secrets.store()) {
        private boolean creating;

        @Override
        public SecretDescription describe(String secretId) {
          creating = true;
          return store.describe(secretId);
        }

        @Override
        public Optional<Secret> readPending(String secretId, String token) {
          if (creating) {
            creating = false;
            return Optional.empty();
          }
          return store.readPending(secretId, token).map(value -> newest.getOrDefault(token, value));
        }

        @Override
        public PutOutcome putPending(
            String secretId, String token, Secret value, @Nullable Secret rotationToken) {
          newest.put(token, value);
          store.putPending(secretId, token, value, rotationToken);
          return PutOutcome.STORED;
        }
      };
    }
  }

  /** finishSecret is over when AWSCURRENT is there, as in AWS's template. */
  static class ReturnsEarlyInFinishSecret extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.IssuedKeys();
    }

    @Override
    protected RotationSettings settings() {
      return RotationSettings.from(Map.of("SETTLE_SECONDS", "0", "RETIRE_OLD", "AT_FINISH"));
    }

    @Override
    SecretStore store(LocalSecretsManager secrets) {
      return new Bent(secrets.store()) {
        @Override
        public SecretDescription describe(String secretId) {
          SecretDescription secret = store.describe(secretId);
          Optional<String> current = secret.versionWith("AWSCURRENT");
          return secret.versionWith("AWSPENDING").equals(current)
              ? without(secret, "AWSPREVIOUS")
              : secret;
        }
      };
    }

    private static SecretDescription without(SecretDescription secret, String label) {
      Map<String, Set<String>> labels = new HashMap<>(secret.labels());
      secret.versionWith(label).ifPresent(labels::remove);
      return new SecretDescription(
          secret.arn(),
          secret.rotation(),
          secret.owningService(),
          secret.deletion(),
          labels,
          secret.tags());
    }
  }

  private static class Bent extends ForwardingSecretStore {

    final SecretStore store;

    Bent(SecretStore store) {
      super(store);
      this.store = store;
    }

    /** The local one ends no call sooner. */
    @Override
    protected SecretStore inFrontOf(SecretStore other) {
      return this;
    }
  }
}
