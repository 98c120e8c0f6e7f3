package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.internal.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A secret's value as named fields, in their order. Fields that a rotator does not know survive
 * with their types. A value that is no JSON object, a bare string, has one field. Immutable; {@code
 * toString} shows field names only.
 */
public final class SecretDocument {

  private static final int LARGEST_PORT = 65_535;

  private final String origin;
  private final Map<String, @Nullable Object> fields;
  private final boolean bare;

  private SecretDocument(String origin, Map<String, @Nullable Object> fields, boolean bare) {
    this.origin = origin;
    this.fields = fields;
    this.bare = bare;
  }

  /**
   * Reads the JSON object that a SecretString holds.
   *
   * @throws RotationException MISCONFIGURED when it is no JSON object, or names a field twice
   */
  public static SecretDocument parse(Secret json) {
    return parseObject(json, "the secret");
  }

  /**
   * Reads a JSON object, or a bare string as a document with this one field, which it then stays.
   *
   * @throws RotationException MISCONFIGURED when it is neither
   */
  public static SecretDocument parse(Secret value, String bareField) {
    return parse(value, "the secret", Optional.of(bareField));
  }

  /** Reads a document whose errors name where it came from. */
  private static SecretDocument parseObject(Secret json, String origin) {
    try {
      return new SecretDocument(origin, Json.parseObject(json.reveal()), false);
    } catch (Json.NotJsonException e) {
      throw new RotationException(
          MISCONFIGURED,
          "%s %s; store a JSON object such as {\"username\": …, \"password\": …} as its SecretString"
              .formatted(origin, e.problem()));
    }
  }

  /** Reads a document, or a bare string as a document with this one field. */
  static SecretDocument parse(Secret value, String origin, Optional<String> bareField) {
    return bareField.isPresent() && !startsLikeJson(value.reveal())
        ? bare(bareField.get(), value, origin)
        : parseObject(value, origin);
  }

  private static boolean startsLikeJson(String text) {
    String start = text.stripLeading();
    return start.isEmpty() || "{[\"".indexOf(start.charAt(0)) >= 0;
  }

  private static SecretDocument bare(String field, Secret value, String origin) {
    if (startsLikeJson(value.reveal())
        || value.reveal().chars().anyMatch(SecretDocument::isBlankOrControl)) {
      throw new RotationException(
          MISCONFIGURED,
          "%s is neither a JSON object nor a bare string (without blanks and line breaks, not beginning like JSON); store it as a JSON object, or without them"
              .formatted(origin));
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(field, value.reveal());
    return new SecretDocument(origin, fields, true);
  }

  private static boolean isBlankOrControl(int character) {
    return Character.isWhitespace(character) || Character.isISOControl(character);
  }

  /** Whether the secret is a bare string, which has room for one value and no names. */
  public boolean isBare() {
    return bare;
  }

  /** The fields with their values, for those who look for secrets in texts. */
  Map<String, @Nullable Object> fields() {
    return Collections.unmodifiableMap(fields);
  }

  /**
   * Whether the other document has the same value here, be it a number or a text, or neither has
   * one.
   */
  boolean agrees(SecretDocument other, String name) {
    return String.valueOf(fields.get(name)).equals(String.valueOf(other.fields.get(name)));
  }

  /**
   * Whether both hold the same credential, so that to end one is to end the other. Somebody may
   * have edited another field by hand. Where no field's name looks like a credential's, any
   * difference counts.
   */
  boolean sharesCredential(SecretDocument other) {
    Set<String> credential =
        Stream.concat(names().stream(), other.names().stream())
            .filter(SecretDocument::namesCredential)
            .collect(Collectors.toSet());
    return credential.isEmpty()
        ? equals(other)
        : credential.stream().allMatch(name -> agrees(other, name));
  }

  private static boolean namesCredential(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return Redactor.looksSecret(name)
        && Stream.of("id", "name", "arn").noneMatch(lowerCase::endsWith);
  }

  /** The names of all fields. */
  public Set<String> names() {
    return Collections.unmodifiableSet(fields.keySet());
  }

  /**
   * The value of a field as text, if it has one that is not blank; numbers and booleans as they are
   * written.
   *
   * @throws RotationException MISCONFIGURED when it is an object or a list
   */
  public Optional<String> find(String name) {
    Object value = fields.get(name);
    if (value instanceof Map || value instanceof List) {
      throw new RotationException(
          MISCONFIGURED,
          "the field '%s' of %s must be a text, a number or a boolean, but is %s"
              .formatted(name, origin, value instanceof Map ? "an object" : "a list"));
    }
    return value == null || value.toString().isBlank()
        ? Optional.empty()
        : Optional.of(value.toString());
  }

  /**
   * The value of a field as text.
   *
   * @throws RotationException MISCONFIGURED when it is missing or blank
   */
  public String text(String name) {
    require(name);
    return find(name).orElseThrow();
  }

  /**
   * The value of a field that must not be seen.
   *
   * @throws RotationException MISCONFIGURED when it is missing or blank
   */
  public Secret secret(String name) {
    return Secret.of(text(name));
  }

  /**
   * The field {@code port}, a number or a text of digits, from 1 to 65535.
   *
   * @throws RotationException MISCONFIGURED when it is anything else
   */
  public int port(int fallback) {
    Optional<String> port = find("port");
    return port.isEmpty() ? fallback : parsePort(port.get());
  }

  private int parsePort(String text) {
    try {
      int port = Integer.parseInt(text.strip());
      if (port >= 1 && port <= LARGEST_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      // falls through: the message below says it without the parser's words
    }
    throw new RotationException(
        MISCONFIGURED,
        "the field 'port' of %s must be a number from 1 to %d".formatted(origin, LARGEST_PORT));
  }

  /**
   * Checks that all these fields have values.
   *
   * @return this document
   * @throws RotationException MISCONFIGURED, naming all that are missing and all that are there
   */
  public SecretDocument require(String... names) {
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      if (find(name).isEmpty()) {
        missing.add(name);
      }
    }
    if (missing.isEmpty()) {
      return this;
    }
    String them = missing.size() == 1 ? "it" : "them";
    throw new RotationException(
        MISCONFIGURED,
        "%s has no value for %s (its fields are %s); add %s to the secret value and rotate again"
            .formatted(origin, missing, fields.keySet(), them));
  }

  /**
   * A copy with one field set to a text, in its place or at the end.
   *
   * @throws RotationException MISCONFIGURED when the secret is a bare string and this is not its
   *     field, or it would not be read as a bare string again
   */
  public SecretDocument with(String name, String value) {
    if (bare && !fields.containsKey(name)) {
      throw new RotationException(
          MISCONFIGURED,
          "%s is a bare string, which has no room for the field '%s'; store a JSON object such as {\"%s\": …} instead"
              .formatted(origin, name, fields.keySet().iterator().next()));
    }
    if (bare) {
      return bare(name, Secret.of(value), "the new value");
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(fields);
    copy.put(name, value);
    return new SecretDocument(origin, copy, false);
  }

  /** A copy with one field set to a secret, in its place or at the end. */
  public SecretDocument with(String name, Secret value) {
    return with(name, value.reveal());
  }

  /** What to store as SecretString: JSON, or the bare string. */
  public Secret json() {
    return Secret.of(bare ? String.valueOf(fields.values().iterator().next()) : Json.write(fields));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SecretDocument document
        && bare == document.bare
        && fields.equals(document.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return "SecretDocument" + fields.keySet();
  }
}
