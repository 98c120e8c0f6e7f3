package io.github.keyturn.http;

import io.github.keyturn.RetireOld;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys at the provider that were issued for this secret and that nothing leads to any more: no
 * version with a label holds them, and none that is still to be filled may get them.
 */
final class Leftovers {

  private static final String AWSPREVIOUS = "AWSPREVIOUS";
  private static final int MOST_NAMED = 20;

  private final ProviderDefinition definition;
  private final HttpKeySettings settings;
  private final Provider provider;
  private final Versions versions;
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
      Versions versions) {
    this.definition = definition;
    this.settings = settings;
    this.provider = provider;
    this.versions = versions;
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
        keys.stream().filter(key -> mayBeOurs(key) && !isKeyOf(inUse, key)).toList();
    if (candidates.isEmpty()) {
      return List.of();
    }
    Map<String, Held> versions = held();
    return candidates.stream().filter(key -> !isHeld(key, versions, sparingThisVersion)).toList();
  }

  /**
   * The key of AWSPREVIOUS, if it should have ended with the rotation before: by the setting, or
   * because it was deactivated and not revoked.
   */
  List<ProviderKey> ofPrevious(List<ProviderKey> keys, SecretDocument current)
      throws InterruptedException {
    boolean atFinish = settings.retireOld() == RetireOld.AT_FINISH;
    boolean inTwoSteps = definition.find("deactivate").isPresent();
    if ((!atFinish && !inTwoSteps) || keys.stream().allMatch(key -> isKeyOf(current, key))) {
      return List.of();
    }
    List<ProviderKey> ended = new ArrayList<>();
    for (Map.Entry<String, Held> version : held().entrySet()) {
      if (version.getValue().labels().equals(Set.of(AWSPREVIOUS))
          && (atFinish || isRefused(version.getKey()))) {
        keys.stream()
            .filter(key -> version.getValue().id().filter(id -> id.is(key.id())).isPresent())
            .filter(key -> !isKeyOf(current, key))
            .forEach(ended::add);
      }
    }
    return ended;
  }

  private boolean isRefused(String version) throws InterruptedException {
    Optional<SecretDocument> value = versions.value(version);
    return value.isPresent() && provider.verify(value.get()) == Verdict.REJECTED;
  }

  /** For people: what no version holds, whoever made it. */
  List<String> notHeld(List<ProviderKey> keys, SecretDocument current) throws InterruptedException {
    Map<String, Held> labelled = held();
    return keys.stream()
        .filter(key -> !isKeyOf(current, key))
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

  private boolean mayBeOurs(ProviderKey key) {
    return definition.listsNames() ? version(key).isPresent() : settings.revokeUnnamed();
  }

  private Optional<String> version(ProviderKey key) {
    return key.name().flatMap(name -> definition.naming().version(versions.secretArn(), name));
  }

  private boolean isKeyOf(SecretDocument value, ProviderKey key) {
    return !value.isBare()
        && definition.secretId().flatMap(value::find).equals(Optional.of(key.id()));
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

  private Map<String, Held> held() throws InterruptedException {
    if (held == null) {
      Map<String, Held> labelled = new LinkedHashMap<>();
      for (Map.Entry<String, Set<String>> version : versions.labels().entrySet()) {
        Optional<SecretDocument> value = versions.value(version.getKey());
        Optional<KeyId> id =
            value.isPresent() ? Optional.of(provider.idOf(value.get())) : Optional.empty();
        labelled.put(version.getKey(), new Held(version.getValue(), id));
      }
      held = labelled;
    }
    return held;
  }
}
