package io.github.keyturn.http;

import io.github.keyturn.RetireOld;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys at the provider that were issued for this secret and that nothing leads to any more: no
 * version with a label holds them, and none that is still to be filled may get them.
 */
final class Leftovers {

  private static final String AWSPREVIOUS = "AWSPREVIOUS";
  private static final Set<String> MUST_WORK = Set.of("AWSCURRENT", "AWSPENDING");
  private static final int MOST_NAMED = 20;

  private final ProviderDefinition definition;
  private final HttpKeySettings settings;
  private final Provider provider;
  private final Versions versions;
  private final Consumer<String> log;
  private final Map<SecretDocument, KeyId> ids = new HashMap<>();
  private @Nullable Map<String, Held> held;

  /**
   * A version with a label.
   *
   * @param id the key that it holds; empty while it has no value
   */
  private record Held(Set<String> labels, Optional<KeyId> id) {}

  Leftovers(
      ProviderDefinition definition,
      HttpKeySettings settings,
      Provider provider,
      Versions versions,
      Consumer<String> log) {
    this.definition = definition;
    this.settings = settings;
    this.provider = provider;
    this.versions = versions;
    this.log = log;
  }

  /**
   * Those among these keys.
   *
   * @param inUse a value whose key is none of them, whatever the labels say
   * @param sparingThisVersion whether to spare keys of this rotation's version, whose value is not
   *     stored yet
   */
  List<ProviderKey> among(List<ProviderKey> keys, SecretDocument inUse, boolean sparingThisVersion)
      throws InterruptedException {
    List<ProviderKey> candidates =
        keys.stream().filter(key -> mayBeOurs(key) && !isNotedKeyOf(inUse, key)).toList();
    if (candidates.isEmpty()) {
      return List.of();
    }
    Map<String, Held> versions = held();
    List<ProviderKey> leftOver =
        candidates.stream().filter(key -> !isHeld(key, versions, sparingThisVersion)).toList();
    return !leftOver.isEmpty() && isComparable(keys, inUse)
        ? without(id(inUse), leftOver)
        : List.of();
  }

  private boolean isComparable(List<ProviderKey> keys, SecretDocument inUse)
      throws InterruptedException {
    Optional<String> doubt = doubt(keys, inUse);
    if (doubt.isEmpty() || provider.verify(inUse) == Verdict.REJECTED) {
      return true;
    }
    log.accept(doubt.get());
    return false;
  }

  /**
   * Why no key can be taken for a leftover, if the list does not have the key that is in use under
   * the id that the secret says: a key that no version seems to hold may then be that very one.
   */
  Optional<String> doubt(List<ProviderKey> keys, SecretDocument inUse) throws InterruptedException {
    KeyId id = id(inUse);
    if (keys.stream().anyMatch(key -> id.is(key.id()) || isNotedKeyOf(inUse, key))) {
      return Optional.empty();
    }
    String field = definition.secretId().orElse("");
    return Optional.of(
        id.isKnown()
            ? "%s does not list the key that is in use under the id that the secret says ('%s'), so no key is taken for a leftover; correct the secret or the definition, unless the list lags behind"
                .formatted(definition.operation("list"), field)
            : "the secret does not say the id of its key ('%s'), so no key is taken for a leftover; add it to the secret value"
                .formatted(field));
  }

  /**
   * The key of AWSPREVIOUS, if it should have ended with the rotation before: by the setting, or
   * because it was deactivated and not revoked.
   */
  List<ProviderKey> ofPrevious(List<ProviderKey> keys, SecretDocument current)
      throws InterruptedException {
    boolean atFinish = settings.retireOld() == RetireOld.AT_FINISH;
    boolean inTwoSteps = definition.find("deactivate").isPresent();
    List<ProviderKey> others = keys.stream().filter(key -> !isNotedKeyOf(current, key)).toList();
    if ((!atFinish && !inTwoSteps) || others.isEmpty()) {
      return List.of();
    }
    List<ProviderKey> ended = new ArrayList<>();
    for (Map.Entry<String, Held> version : held().entrySet()) {
      List<ProviderKey> held =
          others.stream()
              .filter(key -> version.getValue().id().filter(id -> id.is(key.id())).isPresent())
              .toList();
      if (!held.isEmpty()
          && version.getValue().labels().equals(Set.of(AWSPREVIOUS))
          && (atFinish || isRefused(version.getKey()))) {
        ended.addAll(without(id(current), proven(held, version.getKey())));
      }
    }
    return ended;
  }

  /** Of an id that the secret says and the provider could tell, only the provider's word counts. */
  private List<ProviderKey> proven(List<ProviderKey> held, String version)
      throws InterruptedException {
    if (!provider.tellsIds()) {
      return held;
    }
    Set<KeyId> told = toldId(version);
    return held.stream()
        .filter(key -> mayBeOurs(key) || told.contains(KeyId.of(key.id())))
        .toList();
  }

  private Set<KeyId> toldId(String version) throws InterruptedException {
    Optional<SecretDocument> value = versions.value(version);
    Optional<KeyId> told = value.isPresent() ? provider.toldId(value.get()) : Optional.empty();
    return told.map(Set::of).orElseGet(Set::of);
  }

  private boolean isRefused(String version) throws InterruptedException {
    Optional<SecretDocument> value = versions.value(version);
    return value.isPresent() && provider.verify(value.get()) == Verdict.REJECTED;
  }

  /** For people: what no version holds, whoever made it. */
  List<String> notHeld(List<ProviderKey> keys, SecretDocument current) throws InterruptedException {
    Map<String, Held> labelled = held();
    return without(id(current), keys).stream()
        .filter(key -> !isNotedKeyOf(current, key))
        .filter(
            key ->
                labelled.values().stream()
                    .noneMatch(version -> version.id().filter(id -> id.is(key.id())).isPresent()))
        .map(ProviderKey::label)
        .limit(MOST_NAMED)
        .toList();
  }

  /** The labels of the versions that hold this key. */
  Set<String> labelsOf(ProviderKey key) throws InterruptedException {
    Set<String> labels = new TreeSet<>();
    for (Held version : held().values()) {
      if (version.id().filter(id -> id.is(key.id())).isPresent()) {
        labels.addAll(version.labels());
      }
    }
    return labels;
  }

  /** Whether it may be what a version without a value is about to get. */
  boolean isAwaited(ProviderKey key) throws InterruptedException {
    return held().entrySet().stream()
        .filter(version -> version.getValue().id().isEmpty())
        .anyMatch(version -> mayGet(version.getKey(), key, true));
  }

  boolean mayBeOurs(ProviderKey key) {
    return definition.listsNames() ? version(key).isPresent() : settings.revokeUnnamed();
  }

  private Optional<String> version(ProviderKey key) {
    return key.name().flatMap(name -> definition.naming().version(versions.secretArn(), name));
  }

  private boolean isNotedKeyOf(SecretDocument value, ProviderKey key) {
    return provider.notedId(value).filter(id -> id.is(key.id())).isPresent();
  }

  private static List<ProviderKey> without(KeyId id, List<ProviderKey> keys) {
    return keys.stream().filter(key -> !id.is(key.id())).toList();
  }

  private KeyId id(SecretDocument value) throws InterruptedException {
    KeyId known = ids.get(value);
    if (known == null) {
      known = provider.idOf(value);
      ids.put(value, known);
    }
    return known;
  }

  private boolean isHeld(ProviderKey key, Map<String, Held> labelled, boolean sparingThisVersion) {
    for (Map.Entry<String, Held> version : labelled.entrySet()) {
      Optional<KeyId> id = version.getValue().id();
      if (id.isPresent()
          ? mayBe(id.get(), key)
          : mayGet(version.getKey(), key, sparingThisVersion)) {
        return true;
      }
    }
    return false;
  }

  /** Of a value whose key nobody can name, it may be any. */
  private static boolean mayBe(KeyId id, ProviderKey key) {
    return !id.isKnown() || id.is(key.id());
  }

  /** Whether the value that is to be stored in this version may turn out to be this key. */
  private boolean mayGet(String token, ProviderKey key, boolean sparingThisVersion) {
    if (versions.pending().equals(Optional.of(token)) && !sparingThisVersion) {
      return false;
    }
    return version(key)
        .map(version -> definition.naming().isOf(versions.secretArn(), version, token))
        .orElse(true);
  }

  /**
   * A value that is refused may be accepted in a moment, as long as it is one that must work: then
   * it is not known to be no key's.
   */
  private KeyId idHeld(SecretDocument value, Set<String> labels) throws InterruptedException {
    Optional<KeyId> noted = provider.notedId(value);
    KeyId id = noted.isPresent() ? noted.get() : id(value);
    return !id.exists() && !Collections.disjoint(labels, MUST_WORK) ? KeyId.UNKNOWN : id;
  }

  private Map<String, Held> held() throws InterruptedException {
    if (held == null) {
      Map<String, Held> labelled = new LinkedHashMap<>();
      for (Map.Entry<String, Set<String>> version : versions.labels().entrySet()) {
        Optional<SecretDocument> value = versions.value(version.getKey());
        Optional<KeyId> id =
            value.isPresent()
                ? Optional.of(idHeld(value.get(), version.getValue()))
                : Optional.empty();
        labelled.put(version.getKey(), new Held(version.getValue(), id));
      }
      held = labelled;
    }
    return held;
  }
}
