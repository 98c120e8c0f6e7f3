package io.github.keyturn.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** A definition that is right, for tests that make it wrong, or different, in one place. */
final class TestDefinition {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A small provider of the shape of most: SendGrid's, without what is particular to it. */
  static final String SMALL =
      """
      {
        "name": "Small",
        "strategy": "issue",
        "secret": {"value": "apiKey", "id": "apiKeyId"},
        "logins": {
          "key": {"header": {"Authorization": "Bearer ${secret.apiKey}"}},
          "admin": {"header": {"Authorization": "Bearer ${admin.apiKey}"}}
        },
        "operations": {
          "verify": {
            "method": "GET", "url": "https://api.example.com/v3/scopes", "login": "key",
            "expect": {"status": [200]}, "rejected": {"status": [401]}
          },
          "list": {
            "method": "GET", "url": "https://api.example.com/v3/api_keys", "login": "admin",
            "expect": {"status": [200]}, "items": "/result",
            "item": {"id": "/api_key_id", "name": "/name"}
          },
          "create": {
            "method": "POST", "url": "https://api.example.com/v3/api_keys", "login": "admin",
            "json": {"name": "${name}"}, "expect": {"status": [201]},
            "extract": {"apiKey": "/api_key", "apiKeyId": "/api_key_id"}
          },
          "revoke": {
            "method": "DELETE", "url": "https://api.example.com/v3/api_keys/${key.id}",
            "login": "admin", "expect": {"status": [204, 404]}
          }
        }
      }
      """;

  private final ObjectNode json;

  private TestDefinition(ObjectNode json) {
    this.json = json;
  }

  static TestDefinition small() {
    return new TestDefinition((ObjectNode) parse(SMALL));
  }

  static TestDefinition shipped(String name) {
    return new TestDefinition((ObjectNode) parse(resource("providers/" + name + ".json")));
  }

  /** A file beside the definitions that ship, or beside these tests. */
  static String resource(String name) {
    try (InputStream file = ProviderDefinition.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The same with this value at that place. */
  TestDefinition with(String pointer, String value) {
    ObjectNode copy = json.deepCopy();
    JsonPointer place = JsonPointer.compile(pointer);
    ((ObjectNode) copy.at(place.head())).set(place.last().getMatchingProperty(), parse(value));
    return new TestDefinition(copy);
  }

  TestDefinition without(String pointer) {
    ObjectNode copy = json.deepCopy();
    JsonPointer place = JsonPointer.compile(pointer);
    ((ObjectNode) copy.at(place.head())).remove(place.last().getMatchingProperty());
    return new TestDefinition(copy);
  }

  ProviderDefinition read() {
    return read(Map.of());
  }

  ProviderDefinition read(Map<String, String> environment) {
    return ProviderDefinition.parse("test.json", text(), RotationSettings.from(environment));
  }

  JsonNode json() {
    return json;
  }

  String text() {
    return json.toString();
  }
}
