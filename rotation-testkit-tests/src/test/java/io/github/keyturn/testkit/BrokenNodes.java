package io.github.keyturn.testkit;

import io.github.keyturn.Rotation;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Mistakes that only a target of several nodes shows. */
final class BrokenNodes {

  private BrokenNodes() {}

  static final class ChangesOneNode extends ToyNodes.Contract {
    @Override
    protected Rotator rotator() {
      return new ToyNodes.TwoPasswords() {
        @Override
        List<String> nodesToSet(SecretDocument pending) {
          return first(nodes(pending));
        }

        @Override
        List<String> nodesToCheck(SecretDocument candidate) {
          return first(nodes(candidate));
        }
      };
    }
  }

  static final class ChecksOneNode extends ToyNodes.Contract {
    @Override
    int oneIn() {
      return 1;
    }

    @Override
    protected Rotator rotator() {
      return new ToyNodes.TwoPasswords() {
        @Override
        List<String> nodesToCheck(SecretDocument candidate) {
          return first(nodes(candidate));
        }
      };
    }
  }

  static final class PassesADeadNodeBy extends ToyNodes.Contract {
    @Override
    protected Rotator rotator() {
      return new ToyNodes.TwoPasswords() {
        @Override
        boolean runAsOneOf(String node, String command, SecretDocument... logins) throws Exception {
          try {
            return super.runAsOneOf(node, command, logins);
          } catch (IOException e) {
            return true;
          }
        }

        @Override
        List<String> nodesToCheck(SecretDocument candidate) {
          List<String> alive = nodes(candidate).stream().filter(BrokenNodes::isAlive).toList();
          return alive.isEmpty() ? nodes(candidate) : alive;
        }
      };
    }
  }

  private static boolean isAlive(String node) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(node))) {
      socket.getOutputStream().write("LOGIN\n".getBytes(StandardCharsets.UTF_8));
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  static final class TakesADeadNodeForARefusal extends ToyNodes.Contract {
    @Override
    protected Rotator rotator() {
      return new ToyNodes.TwoPasswords() {
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
}
