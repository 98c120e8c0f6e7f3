package io.github.keyturn.testkit;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The rotators that the broken ones differ from keep the contract themselves. */
class ToyRotatorsTest {

  private abstract static class Whole extends ToyContract {
    @Override
    int oneIn() {
      return 1;
    }

    @Override
    boolean tries(Trial trial) {
      return true;
    }
  }

  @Nested
  @DisplayName("One password")
  class OnePassword extends Whole {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword();
    }

    @Override
    boolean needsGrant() {
      return true;
    }
  }

  @Nested
  @DisplayName("Two passwords")
  class TwoPasswords extends Whole {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.TwoPasswords();
    }
  }

  @Nested
  @DisplayName("Issued keys")
  class IssuedKeys extends Whole {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.IssuedKeys();
    }

    @Override
    protected Optional<Set<String>> liveCredentials(SecretDocument current) {
      return Optional.of(ids(current));
    }
  }

  @Nested
  @DisplayName("Issued keys, retired at finish")
  class IssuedKeysRetiredAtFinish extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.IssuedKeys();
    }

    @Override
    protected RotationSettings settings() {
      return RotationSettings.from(Map.of("SETTLE_SECONDS", "0", "RETIRE_OLD", "AT_FINISH"));
    }

    @Override
    int oneIn() {
      return 1;
    }
  }
}
