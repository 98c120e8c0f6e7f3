package io.github.keyturn.local;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The Filters of a request. A secret has to pass all of them; of the values of one filter it has to
 * match one. A value that starts with {@code !} asks for secrets that do not match.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html">Filter</a>
 */
record SecretFilter(List<Predicate<StoredSecret>> filters) implements Predicate<StoredSecret> {

  private static final int MOST_FILTERS = 10;
  private static final int MOST_VALUES = 10;

  static SecretFilter of(Arguments in) {
    return new SecretFilter(
        in.structures("Filters", 0, MOST_FILTERS).orElse(List.of()).stream()
            .map(SecretFilter::filter)
            .toList());
  }

  @Override
  public boolean test(StoredSecret secret) {
    return filters.stream().allMatch(filter -> filter.test(secret));
  }

  private static Predicate<StoredSecret> filter(Arguments in) {
    String key = in.required("Key", in.text("Key", 1, 64));
    List<String> values = in.required("Values", in.texts("Values", 1, MOST_VALUES));
    return values.stream()
        .map(value -> negatable(key, value))
        .reduce(Predicate::or)
        .orElse(secret -> true);
  }

  private static Predicate<StoredSecret> negatable(String key, String value) {
    return value.startsWith("!") ? match(key, value.substring(1)).negate() : match(key, value);
  }

  private static Predicate<StoredSecret> match(String key, String value) {
    return switch (key) {
      case "name" -> secret -> secret.name.startsWith(value);
      case "tag-key" -> secret -> tagKeys(secret).stream().anyMatch(tag -> tag.startsWith(value));
      case "tag-value" ->
          secret -> tagValues(secret).stream().anyMatch(tag -> tag.startsWith(value));
      case "description" ->
          secret -> secret.description != null && hasWord(secret.description, value);
      case "owning-service" ->
          secret -> secret.owningService != null && secret.owningService.startsWith(value);
      case "primary-region" -> secret -> secret.region().startsWith(value);
      case "all" ->
          secret ->
              Stream.of(
                      Stream.of(secret.name, secret.description),
                      tagKeys(secret).stream(),
                      tagValues(secret).stream())
                  .flatMap(texts -> texts)
                  .filter(Objects::nonNull)
                  .anyMatch(text -> hasWord(text, value));
      default ->
          throw Arguments.invalid(
              "Key",
              "Member must satisfy enum value set: [description, name, tag-key, tag-value,"
                  + " primary-region, owning-service, all]");
    };
  }

  private static boolean hasWord(String text, String prefix) {
    String wanted = prefix.toLowerCase(Locale.ROOT);
    String lowerCase = text.toLowerCase(Locale.ROOT);
    return lowerCase.startsWith(wanted)
        || Arrays.stream(lowerCase.split("[\\s/_+=.@!-]+", -1))
            .anyMatch(word -> word.startsWith(wanted));
  }

  private static Collection<String> tagKeys(StoredSecret secret) {
    return secret.tags == null ? List.of() : secret.tags.keySet();
  }

  private static Collection<String> tagValues(StoredSecret secret) {
    return secret.tags == null ? List.of() : secret.tags.values();
  }
}
