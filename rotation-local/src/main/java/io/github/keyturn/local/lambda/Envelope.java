package io.github.keyturn.local.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** The JSON by which Lambda tells of a failure: errorType, errorMessage, stackTrace. */
final class Envelope {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TYPE = "errorType";
  private static final String MESSAGE = "errorMessage";

  private Envelope() {}

  static String of(String type, String message) {
    return JsonNodeFactory.instance.objectNode().put(TYPE, type).put(MESSAGE, message).toString();
  }

  static boolean isOne(String answer) {
    return parse(answer).has(TYPE) && parse(answer).has(MESSAGE);
  }

  static String type(String envelope) {
    return parse(envelope).path(TYPE).asText("unknown");
  }

  static String message(String envelope) {
    return parse(envelope).path(MESSAGE).asText("");
  }

  private static JsonNode parse(String envelope) {
    try {
      return MAPPER.readTree(envelope);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.missingNode();
    }
  }
}
