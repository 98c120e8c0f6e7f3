package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All secrets. What is saved is in the state file before anyone sees it. */
final class Secrets {

  private static final String ACCOUNT = "000000000000";
  private static final String SUFFIX_CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int SUFFIX_LENGTH = 6;

  private final ReentrantLock lock = new ReentrantLock();
  private final SecureRandom random = new SecureRandom();
  private final String region;
  private final Clock clock;
  private final Faults faults;
  private final @Nullable StateFile file;
  private Map<String, StoredSecret> latest;
  private Map<String, StoredSecret> beforeLastWrite;

  Secrets(String region, Clock clock, Faults faults, @Nullable StateFile file) throws IOException {
    this.region = region;
    this.clock = clock;
    this.faults = faults;
    this.file = file;
    this.latest = file == null ? Map.of() : file.read();
    this.beforeLastWrite = latest;
  }

  /** Runs an operation while no other one runs. */
  <T> T locked(Supplier<T> operation) {
    lock.lock();
    try {
      return operation.get();
    } finally {
      lock.unlock();
    }
  }

  Instant now() {
    return clock.instant();
  }

  LocalDate today() {
    return LocalDate.ofInstant(now(), ZoneOffset.UTC);
  }

  /** A copy to change and to save. */
  StoredSecret edit(String secretId) {
    return find(latest, secretId).copy();
  }

  /** What a read sees, which may be older than the last write. */
  View read() {
    return new View(faults.hidesLastWrite() ? beforeLastWrite : latest);
  }

  boolean exists(String name) {
    StoredSecret secret = latest.get(name);
    return secret != null && !secret.deletionIsDue(now());
  }

  void save(StoredSecret secret) {
    secret.prune(now());
    Map<String, StoredSecret> next = new LinkedHashMap<>(latest);
    next.put(secret.name, secret);
    publish(next);
  }

  void remove(StoredSecret secret) {
    Map<String, StoredSecret> next = new LinkedHashMap<>(latest);
    next.remove(secret.name);
    publish(next);
  }

  /** Notes the day of a read; this alone is not worth writing the file for. */
  void touch(StoredSecret read, String versionId) {
    StoredSecret secret = latest.get(read.name);
    StoredVersion version = secret == null ? null : secret.versions.get(versionId);
    if (secret == null
        || version == null
        || (today().equals(secret.accessed) && today().equals(version.lastAccessed()))) {
      return;
    }
    StoredSecret copy = secret.copy();
    copy.accessed = today();
    copy.versions.put(versionId, version.accessed(today()));
    Map<String, StoredSecret> next = new LinkedHashMap<>(latest);
    next.put(copy.name, copy);
    latest = next;
  }

  String newArn(String name) {
    StringBuilder arn =
        new StringBuilder(
            "arn:aws:secretsmanager:%s:%s:secret:%s-".formatted(region, ACCOUNT, name));
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
      arn.append(SUFFIX_CHARACTERS.charAt(random.nextInt(SUFFIX_CHARACTERS.length())));
    }
    return arn.toString();
  }

  static ObjectNode identify(StoredSecret secret) {
    return Json.object().put("ARN", secret.arn).put("Name", secret.name);
  }

  private void publish(Map<String, StoredSecret> next) {
    if (file != null) {
      try {
        file.write(next);
      } catch (IOException e) {
        throw ServiceException.internal(
            "the change was not made, since the state file could not be written: "
                + e.getMessage());
      }
    }
    beforeLastWrite = latest;
    latest = next;
    faults.noteWrite();
  }

  private StoredSecret find(Map<String, StoredSecret> secrets, String secretId) {
    StoredSecret byName = secrets.get(secretId);
    StoredSecret secret =
        byName != null || !secretId.startsWith("arn:") ? byName : findByArn(secrets, secretId);
    if (secret == null || secret.deletionIsDue(now())) {
      throw ServiceException.notFound("Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  /** An ARN may lack the random end that the service adds to the name. */
  private static @Nullable StoredSecret findByArn(Map<String, StoredSecret> secrets, String arn) {
    @Nullable StoredSecret partial = null;
    for (StoredSecret secret : secrets.values()) {
      if (secret.arn.equals(arn)) {
        return secret;
      }
      if (arn.equals(withoutEnd(secret.arn))) {
        partial = secret;
      }
    }
    return partial;
  }

  private static String withoutEnd(String arn) {
    return arn.substring(0, arn.length() - SUFFIX_LENGTH - 1);
  }

  /** The secrets as one read sees them. */
  final class View {
    private final Map<String, StoredSecret> secrets;

    private View(Map<String, StoredSecret> secrets) {
      this.secrets = secrets;
    }

    StoredSecret secret(String secretId) {
      return find(secrets, secretId);
    }

    Iterable<StoredSecret> all() {
      return secrets.values().stream().filter(secret -> !secret.deletionIsDue(now())).toList();
    }
  }
}
