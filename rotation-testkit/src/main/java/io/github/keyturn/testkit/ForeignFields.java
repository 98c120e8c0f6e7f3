package io.github.keyturn.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.util.ArrayList;
import java.util.List;

/** Fields of every type that no rotator knows, and whether they are still there. */
final class ForeignFields {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final String FIELDS =
      """
      {"contractText": "payments \\"team\\"", "contractNumber": 1.50, "contractFlag": true,
       "contractNothing": null, "contractNested": {"list": [1, "two", null]}}""";

  private ForeignFields() {}

  /** The document with the fields of this class. */
  static SecretDocument addTo(SecretDocument document) {
    ObjectNode all = object(document);
    all.setAll((ObjectNode) parse(FIELDS));
    return SecretDocument.parse(Secret.of(all.toString()));
  }

  /** The names of the fields that a rotation has dropped or changed. */
  static List<String> lost(SecretDocument document, SecretDocument initial) {
    ObjectNode found = object(document);
    List<String> lost = new ArrayList<>();
    parse(FIELDS)
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().equals(found.get(field.getKey()))) {
                lost.add(field.getKey());
              }
            });
    initial.names().stream()
        .filter(name -> !found.has(name) && !lost.contains(name))
        .forEach(lost::add);
    return lost;
  }

  private static ObjectNode object(SecretDocument document) {
    return (ObjectNode) parse(document.json().reveal());
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      // without its cause, which quotes what it could not read
      throw new IllegalStateException("a SecretDocument is JSON");
    }
  }
}
