package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.internal.Json.NumberLiteral;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What placeholders are filled with in one request. It holds secrets and shows none.
 *
 * @param settings the function's settings, texts or JSON values
 * @param described what was extracted from the description
 * @param name the new key's name
 * @param keyId the key that the request is about
 * @param keyValue the value that we have chosen for a new key
 */
record Values(
    SecretDocument secret,
    Optional<SecretDocument> admin,
    Map<String, Object> settings,
    Map<String, Object> described,
    Optional<String> name,
    Optional<String> keyId,
    Optional<Secret> keyValue,
    int expiryDays) {

  static Values of(Party party, ProviderDefinition definition) {
    return new Values(
        party.secret(),
        party.admin(),
        definition.settings(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        definition.expiryDays());
  }

  Values withDescribed(Map<String, Object> newDescribed) {
    return new Values(secret, admin, settings, newDescribed, name, keyId, keyValue, expiryDays);
  }

  Values withName(String newName) {
    return new Values(
        secret, admin, settings, described, Optional.of(newName), keyId, keyValue, expiryDays);
  }

  Values withKeyId(String newKeyId) {
    return new Values(
        secret, admin, settings, described, name, Optional.of(newKeyId), keyValue, expiryDays);
  }

  Values withKeyValue(Secret newKeyValue) {
    return new Values(
        secret, admin, settings, described, name, keyId, Optional.of(newKeyValue), expiryDays);
  }

  /**
   * A text, a boolean, a number, a list or a map; null when an optional placeholder has no value.
   *
   * @throws RotationException MISCONFIGURED when a value is missing that must be there
   */
  @Nullable Object get(Placeholder placeholder) {
    Optional<?> found = find(placeholder);
    if (found.isPresent()) {
      return found.get();
    }
    if (placeholder.optional()) {
      return null;
    }
    throw new RotationException(MISCONFIGURED, missing(placeholder));
  }

  private Optional<?> find(Placeholder placeholder) {
    String field = placeholder.field();
    return switch (placeholder.source()) {
      case SECRET -> secret.find(field);
      case ADMIN -> admin.flatMap(document -> document.find(field));
      case SETTING -> Optional.ofNullable(settings.get(field));
      case DESCRIBED -> Optional.ofNullable(described.get(field));
      case NAME -> name;
      case KEY -> field.equals("id") ? keyId : keyValue.map(Secret::reveal);
      case EXPIRY -> Optional.of(expiry(field, Instant.now()));
    };
  }

  private Object expiry(String field, Instant now) {
    Instant end = now.plus(expiryDays, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    return switch (field) {
      case "date" -> DateTimeFormatter.ISO_LOCAL_DATE.format(end.atOffset(ZoneOffset.UTC));
      case "time" -> DateTimeFormatter.ISO_INSTANT.format(end);
      case "hours" -> number(ChronoUnit.DAYS.getDuration().toHours() * expiryDays);
      default -> number(ChronoUnit.DAYS.getDuration().toSeconds() * expiryDays);
    };
  }

  private static NumberLiteral number(long value) {
    return new NumberLiteral(String.valueOf(value));
  }

  private String missing(Placeholder placeholder) {
    return switch (placeholder.source()) {
      case SECRET ->
          "the secret has no value for '%s' (its fields are %s); add it to the secret value and rotate again"
              .formatted(placeholder.field(), secret.names());
      case ADMIN ->
          "the superuser secret has no value for '%s' (its fields are %s); add it there"
              .formatted(placeholder.field(), admin.map(SecretDocument::names).orElse(Set.of()));
      case SETTING ->
          "the setting '%s' of the provider definition has no value; set %s on the function"
              .formatted(placeholder.field(), SettingDefinition.variable(placeholder.field()));
      case DESCRIBED, KEY, EXPIRY, NAME ->
          "nothing is known that %s could stand for; correct the provider definition"
              .formatted(placeholder);
    };
  }

  @Override
  public String toString() {
    return "Values[***]";
  }
}
