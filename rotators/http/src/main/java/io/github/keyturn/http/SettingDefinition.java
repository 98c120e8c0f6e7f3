package io.github.keyturn.http;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.internal.Json;
import java.util.Locale;
import java.util.Optional;

/**
 * A value that differs from one installation to the next, and that the function's environment has:
 * {@code domain} is {@code PROVIDER_DOMAIN}.
 */
record SettingDefinition(String name, String description, Optional<Object> fallback, Type type) {

  private static final String NAME = "[a-z][A-Za-z0-9]*";

  enum Type {
    TEXT,
    JSON
  }

  static SettingDefinition parse(String name, Node node) {
    if (!name.matches(NAME)) {
      throw node.wrong("must have a name of letters and digits, such as baseDomain");
    }
    if (variable(name).equals(HttpKeySettings.DEFINITION)) {
      throw node.wrong("would be " + HttpKeySettings.DEFINITION + ", which names the definition");
    }
    node.only(Fields.SETTING);
    Type type = node.find("type").map(field -> field.choice(Type.class)).orElse(Type.TEXT);
    return new SettingDefinition(
        name,
        node.get("description").text(),
        node.find("default")
            .map(
                field ->
                    type == Type.TEXT
                        ? field.text()
                        : Optional.ofNullable(field.value()).orElseThrow()),
        type);
  }

  /** The environment variable of a setting: {@code PROVIDER_BASE_DOMAIN}. */
  static String variable(String name) {
    return "PROVIDER_" + name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  Optional<Object> value(Node node, RotationSettings settings) {
    Optional<String> given = settings.text(variable(name));
    if (given.isEmpty()) {
      return fallback;
    }
    return Optional.of(type == Type.TEXT ? given.get().strip() : json(node, given.get()));
  }

  private Object json(Node node, String text) {
    try {
      Object value = Json.parse(text);
      if (value != null) {
        return value;
      }
    } catch (Json.NotJsonException e) {
      // falls through to the message below
    }
    throw node.wrong(
        "takes JSON from the environment, and %s is none; it must be such as [\"read\"]"
            .formatted(variable(name)));
  }
}
