package io.github.keyturn.testkit;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Contracts of rotators that have one mistake each, as people make them. */
final class BrokenRotators {

  private BrokenRotators() {}

  /** Tells the target before the value is stored. */
  static class SetsTooEarly extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
          SecretDocument next = super.create(current, rotation);
          set(next, current, rotation);
          return next;
        }
      };
    }
  }

  static class DropsForeignFields extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public SecretDocument create(SecretDocument current, Rotation rotation) {
          return SecretDocument.parse(Secret.of("{}"))
              .with("port", current.text("port"))
              .with("account", current.text("account"))
              .with("password", rotation.newPassword());
        }
      };
    }
  }

  /** A retry finds that the old password is gone, and gives up. */
  static class ForgetsToTryPending extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
            throws Exception {
          return authority.equals(pending)
              ? Verdict.REJECTED
              : super.set(pending, authority, rotation);
        }
      };
    }
  }

  /** Takes "logs in" for "has all that it needs". */
  static class TakesALoginForEverything extends ToyContract {
    @Override
    int oneIn() {
      return 1;
    }

    @Override
    boolean needsGrant() {
      return true;
    }

    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
            throws Exception {
          return ToyRotators.logsIn(pending)
              ? Verdict.ACCEPTED
              : super.set(pending, authority, rotation);
        }

        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
          return ToyRotators.logsIn(candidate) ? Verdict.ACCEPTED : Verdict.REJECTED;
        }
      };
    }
  }

  static class TakesAnOutageForAWrongPassword extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
          try {
            return super.check(candidate, rotation);
          } catch (IOException e) {
            return Verdict.REJECTED;
          }
        }
      };
    }
  }

  static class ThrowsAWrongPassword extends ToyContract {
    @Override
    int oneIn() {
      return 1;
    }

    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
          if (super.check(candidate, rotation) == Verdict.REJECTED) {
            throw new IOException("login failed");
          }
          return Verdict.ACCEPTED;
        }
      };
    }
  }

  static class ChecksNothing extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) {
          return candidate.names().contains("password") ? Verdict.ACCEPTED : Verdict.REJECTED;
        }
      };
    }
  }

  /** Quotes the header that it sent, as HTTP clients do. */
  static class LeaksInAMessage extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
          try {
            return super.check(candidate, rotation);
          } catch (IOException e) {
            String login = candidate.text("account") + ":" + candidate.text("password");
            throw new IOException(
                "no answer to a request with the header Authorization: Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)),
                e);
          }
        }
      };
    }
  }

  static class LogsTheEvent extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.OnePassword() {
        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
          System.err.println("got " + candidate.json().reveal());
          return super.check(candidate, rotation);
        }
      };
    }
  }

  /** MySQL's RETAIN CURRENT PASSWORD, twice: the second one ends the old password. */
  static class RetainsTwice extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.TwoPasswords() {
        @Override
        String command(String newPassword, String oldPassword) {
          return "RETAIN " + newPassword;
        }
      };
    }
  }

  static class OverlapsInNameOnly extends ToyContract {
    /** One password, and nothing to retire. */
    private static final class OnePasswordOnly extends ToyRotators.OnePassword
        implements OverlappingRotator {
      @Override
      public void retire(SecretDocument old, SecretDocument current, Rotation rotation) {}
    }

    @Override
    protected Rotator rotator() {
      return new OnePasswordOnly();
    }
  }

  static class RetiresTheCurrentKey extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.IssuedKeys() {
        @Override
        public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
            throws Exception {
          super.retire(current, current, rotation);
        }
      };
    }
  }

  /** Ends the second password, whoever needs it, because nothing asks whether the old one works. */
  static class RetiresWithoutAsking extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.TwoPasswords() {
        @Override
        public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
          return super.create(current, rotation).with("madeBy", rotation.token());
        }

        @Override
        public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
          boolean pending = candidate.find("madeBy").equals(Optional.of(rotation.token()));
          return pending ? super.check(candidate, rotation) : Verdict.ACCEPTED;
        }

        @Override
        public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
            throws Exception {
          try (ToySession session = new ToySession(current)) {
            session.ask("END_SECOND");
          }
        }
      };
    }
  }

  static class NeverRetires extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.IssuedKeys() {
        @Override
        public void retire(SecretDocument old, SecretDocument current, Rotation rotation) {}
      };
    }
  }

  /** Names its keys by chance, so a retry can't find the one that is lost. */
  static class LosesKeys extends ToyContract {
    @Override
    protected Rotator rotator() {
      return new ToyRotators.IssuedKeys() {
        @Override
        String label(Rotation rotation) {
          return UUID.randomUUID().toString();
        }
      };
    }

    @Override
    protected Optional<Set<String>> liveCredentials(SecretDocument current) {
      return Optional.of(ids(current));
    }
  }
}
