package io.github.keyturn.local;

import io.github.keyturn.Secret;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/** Who may store the value of a rotation: whoever brings the RotationToken of its events. */
final class RotationTokens {

  private static final int BYTES = 32;

  private record Key(String secretArn, String version) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<Key, Secret> issued = new HashMap<>();
  private final Set<Key> proven = new HashSet<>();

  synchronized Secret issue(String secretArn, String version) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    Secret token = Secret.of(HexFormat.of().formatHex(bytes));
    issued.put(new Key(secretArn, version), token);
    return token;
  }

  synchronized void present(String secretArn, String version, Secret token) {
    Key key = new Key(secretArn, version);
    if (token.equals(issued.get(key))) {
      proven.add(key);
    }
  }

  synchronized boolean isProven(String secretArn, String version) {
    return proven.contains(new Key(secretArn, version));
  }

  synchronized void forget(String secretArn, String version) {
    Key key = new Key(secretArn, version);
    issued.remove(key);
    proven.remove(key);
  }
}
