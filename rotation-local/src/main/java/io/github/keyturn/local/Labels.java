package io.github.keyturn.local;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The staging labels of a secret: each is on one version at most, so each is a key. */
final class Labels {

  static final String CURRENT = "AWSCURRENT";
  static final String PENDING = "AWSPENDING";
  static final String PREVIOUS = "AWSPREVIOUS";

  private static final int MOST_PER_VERSION = 20;

  private final Map<String, String> versions = new TreeMap<>();

  Labels copy() {
    Labels copy = new Labels();
    copy.versions.putAll(versions);
    return copy;
  }

  @Nullable String version(String label) {
    return versions.get(label);
  }

  boolean isOn(String label, @Nullable String version) {
    return version != null && version.equals(versions.get(label));
  }

  Set<String> of(String version) {
    Set<String> labels = new TreeSet<>();
    versions.forEach(
        (label, holder) -> {
          if (holder.equals(version)) {
            labels.add(label);
          }
        });
    return labels;
  }

  Map<String, Set<String>> byVersion() {
    Map<String, Set<String>> labels = new TreeMap<>();
    versions.forEach(
        (label, holder) ->
            requireNonNull(labels.computeIfAbsent(holder, version -> new TreeSet<>())).add(label));
    return labels;
  }

  /** Puts a label on a version; AWSPREVIOUS goes to the version that AWSCURRENT leaves. */
  void move(String label, String to) {
    String from = versions.put(label, to);
    if (of(to).size() > MOST_PER_VERSION) {
      throw ServiceException.limitExceeded(
          "A version of a secret can have at most %d staging labels.".formatted(MOST_PER_VERSION));
    }
    if (label.equals(CURRENT) && from != null && !from.equals(to)) {
      versions.put(PREVIOUS, from);
    }
  }

  /** Puts a label where it was, when the state file is read. */
  void restore(String label, String version) {
    versions.put(label, version);
  }

  void remove(String label) {
    versions.remove(label);
  }
}
