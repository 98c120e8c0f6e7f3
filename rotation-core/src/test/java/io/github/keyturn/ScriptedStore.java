package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Secrets Manager in memory, for the tests of the steps: it keeps a record of the calls, and a test
 * can put something in front of a call. {@code rotation-local} has the faithful model.
 */
final class ScriptedStore implements SecretStore {

  static final String SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf";

  /** The operations, as the record of calls has them. */
  enum Call {
    DESCRIBE,
    READ,
    READ_PENDING,
    READ_CURRENT,
    PUT,
    PROMOTE,
    HISTORY
  }

  private final Outside outside;
  private final Map<String, Optional<Secret>> versions = new LinkedHashMap<>();
  private final Map<String, String> labels = new HashMap<>();
  private final Map<String, SecretVersion> otherSecrets = new HashMap<>();
  private final Map<Call, Deque<Runnable>> script = new EnumMap<>(Call.class);
  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private SecretDescription.Rotation rotation = SecretDescription.Rotation.ENABLED;
  private SecretDescription.Deletion deletion = SecretDescription.Deletion.NONE;
  private Optional<String> owningService = Optional.empty();
  private Optional<Secret> lastRotationToken = Optional.empty();
  private int pendingReadsTooEarly;
  private int currentReadsTooEarly;

  ScriptedStore(Outside outside) {
    this.outside = outside;
  }

  // What a test prepares

  synchronized void add(String version, String value, String... itsLabels) {
    versions.put(version, Optional.of(Secret.of(value)));
    for (String label : itsLabels) {
      labels.put(label, version);
    }
  }

  /** What RotateSecret does first: AWSPENDING on a version without a value. */
  synchronized void stage(String token) {
    versions.putIfAbsent(token, Optional.empty());
    labels.put("AWSPENDING", token);
  }

  synchronized void addOtherSecret(String id, String value) {
    otherSecrets.put(id, new SecretVersion("version-of-" + id, Secret.of(value)));
  }

  synchronized void removeLabel(String label) {
    labels.remove(label);
  }

  synchronized void rotation(SecretDescription.Rotation state) {
    rotation = state;
  }

  synchronized void ownedBy(String service) {
    owningService = Optional.of(service);
  }

  synchronized void delete() {
    deletion = SecretDescription.Deletion.SCHEDULED;
  }

  /** The next reads of a pending value do not see it yet. */
  synchronized void hidePendingFor(int reads) {
    pendingReadsTooEarly = reads;
  }

  /** After a promotion the next reads of the current value see the old one. */
  synchronized void hidePromotionFor(int reads) {
    currentReadsTooEarly = reads;
  }

  /** Something that happens just before the next call of this kind; several happen in turn. */
  synchronized void beforeNext(Call call, Runnable event) {
    script.computeIfAbsent(call, c -> new ArrayDeque<>()).add(event);
  }

  void failNext(Call call, Reason reason) {
    beforeNext(
        call,
        () -> {
          throw new RotationException(reason, "scripted failure of " + call);
        });
  }

  // What a test looks at

  List<Call> calls() {
    return List.copyOf(calls);
  }

  void forgetCalls() {
    calls.clear();
  }

  synchronized Optional<String> versionWith(String label) {
    return Optional.ofNullable(labels.get(label));
  }

  synchronized SecretDocument document(String version) {
    return SecretDocument.parse(
        versions.getOrDefault(version, Optional.empty()).orElseThrow(), version);
  }

  synchronized List<SecretDocument> documents() {
    return versions.values().stream().flatMap(Optional::stream).map(SecretDocument::parse).toList();
  }

  SecretDocument labelled(String label) {
    return document(versionWith(label).orElseThrow());
  }

  synchronized boolean hasValue(String version) {
    return versions.getOrDefault(version, Optional.empty()).isPresent();
  }

  synchronized Optional<Secret> lastRotationToken() {
    return lastRotationToken;
  }

  // Secrets Manager

  @Override
  public SecretDescription describe(String secretId) {
    return call(
        Call.DESCRIBE,
        () -> {
          if (otherSecrets.containsKey(secretId)) {
            return description(secretId, Map.of(), Map.of("tag-of", secretId));
          }
          Map<String, Set<String>> byVersion = new HashMap<>();
          labels.forEach(
              (label, version) ->
                  byVersion.computeIfAbsent(version, v -> new LinkedHashSet<>()).add(label));
          return description(secretId, byVersion, Map.of());
        });
  }

  private SecretDescription description(
      String id, Map<String, Set<String>> byVersion, Map<String, String> tags) {
    return new SecretDescription(id, rotation, owningService, deletion, byVersion, tags);
  }

  @Override
  public Optional<Secret> read(String secretId, String versionId) {
    return call(Call.READ, () -> value(versionId));
  }

  @Override
  public Optional<Secret> readPending(String secretId, String token) {
    return call(
        Call.READ_PENDING,
        () -> {
          if (pendingReadsTooEarly > 0) {
            pendingReadsTooEarly--;
            return Optional.empty();
          }
          return token.equals(labels.get("AWSPENDING")) ? value(token) : Optional.empty();
        });
  }

  @Override
  public SecretVersion readCurrent(String secretId) {
    return call(
        Call.READ_CURRENT,
        () -> {
          if (otherSecrets.containsKey(secretId)) {
            return otherSecrets.get(secretId);
          }
          boolean tooEarly = currentReadsTooEarly > 0 && labels.containsKey("AWSPREVIOUS");
          currentReadsTooEarly -= tooEarly ? 1 : 0;
          String version =
              Optional.ofNullable(labels.get(tooEarly ? "AWSPREVIOUS" : "AWSCURRENT"))
                  .orElseThrow();
          return new SecretVersion(version, value(version).orElseThrow());
        });
  }

  private Optional<Secret> value(String version) {
    if (deletion == SecretDescription.Deletion.SCHEDULED) {
      throw new RotationException(MISCONFIGURED, "the secret is marked for deletion");
    }
    return versions.getOrDefault(version, Optional.empty());
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    return call(
        Call.PUT,
        () -> {
          lastRotationToken = Optional.ofNullable(rotationToken);
          Optional<Secret> present = versions.getOrDefault(token, Optional.empty());
          if (present.isPresent() && !present.get().equals(value)) {
            return PutOutcome.HAS_OTHER_VALUE;
          }
          versions.put(token, Optional.of(value));
          labels.put("AWSPENDING", token);
          return PutOutcome.STORED;
        });
  }

  @Override
  public void promote(String secretId, String from, String to) {
    call(
        Call.PROMOTE,
        () -> {
          if (!from.equals(labels.get("AWSCURRENT"))) {
            throw new RotationException(CONFLICT, "AWSCURRENT is not at " + from);
          }
          labels.put("AWSCURRENT", to);
          return labels.put("AWSPREVIOUS", from);
        });
  }

  @Override
  public List<String> history(String secretId) {
    return call(
        Call.HISTORY,
        () -> {
          List<String> newestFirst = new ArrayList<>(versions.keySet());
          Collections.reverse(newestFirst);
          return newestFirst;
        });
  }

  private <T> T call(Call call, Supplier<T> effect) {
    calls.add(call);
    nextEvent(call).ifPresent(Runnable::run);
    synchronized (this) {
      return outside.call(effect);
    }
  }

  private synchronized Optional<Runnable> nextEvent(Call call) {
    return Optional.ofNullable(script.get(call)).map(Deque::poll);
  }
}
