package io.github.keyturn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The members of a request, read with the types and lengths that the service's model asks for. */
record Arguments(ObjectNode members) {

  private static final int SHORTEST_TOKEN = 32;
  private static final int LONGEST_TOKEN = 64;
  private static final int LONGEST_SECRET_ID = 2048;

  String secretId() {
    return required("SecretId", text("SecretId", 1, LONGEST_SECRET_ID));
  }

  /** The ClientRequestToken, which SDKs make by themselves, and plain HTTP must bring. */
  String token() {
    return token(ServiceException::invalidRequest);
  }

  String token(Function<String, ServiceException> missing) {
    String token =
        text("ClientRequestToken")
            .orElseThrow(
                () ->
                    missing.apply(
                        "You must provide a ClientRequestToken value. We recommend a UUID-type"
                            + " value."));
    if (token.length() < SHORTEST_TOKEN || token.length() > LONGEST_TOKEN) {
      throw ServiceException.invalidParameter(
          "ClientRequestToken must be %d-%d characters long."
              .formatted(SHORTEST_TOKEN, LONGEST_TOKEN));
    }
    return token;
  }

  <T> T required(String name, Optional<T> value) {
    return value.orElseThrow(() -> invalid(name, "Member must not be null"));
  }

  boolean has(String name) {
    return members.hasNonNull(name);
  }

  Optional<String> text(String name, int shortest, int longest) {
    return text(name).map(text -> checkLength(name, text, shortest, longest));
  }

  private Optional<String> text(String name) {
    return member(name, JsonNode::isTextual, "a String").map(JsonNode::textValue);
  }

  Optional<Boolean> flag(String name) {
    return member(name, JsonNode::isBoolean, "a Boolean").map(JsonNode::booleanValue);
  }

  Optional<Long> number(String name) {
    return member(name, node -> node.isIntegralNumber() && node.canConvertToLong(), "an Integer")
        .map(JsonNode::longValue);
  }

  Optional<Long> number(String name, long lowest, long highest) {
    return number(name)
        .map(
            number -> {
              if (number < lowest) {
                throw invalid(name, "Member must have value greater than or equal to " + lowest);
              }
              if (number > highest) {
                throw invalid(name, "Member must have value less than or equal to " + highest);
              }
              return number;
            });
  }

  Optional<byte[]> bytes(String name) {
    return text(name).map(text -> decode(name, text));
  }

  Optional<List<String>> texts(String name, int fewest, int most) {
    return items(name, fewest, most, JsonNode::isTextual, "a String")
        .map(items -> items.stream().map(JsonNode::textValue).toList());
  }

  Optional<List<Arguments>> structures(String name, int fewest, int most) {
    return items(name, fewest, most, JsonNode::isObject, "a structure")
        .map(items -> items.stream().map(item -> new Arguments((ObjectNode) item)).toList());
  }

  Optional<Arguments> structure(String name) {
    return member(name, JsonNode::isObject, "a structure")
        .map(node -> new Arguments((ObjectNode) node));
  }

  String checkLength(String name, String text, int shortest, int longest) {
    if (text.length() < shortest) {
      throw invalid(name, "Member must have length greater than or equal to " + shortest);
    }
    if (text.length() > longest) {
      throw invalid(name, "Member must have length less than or equal to " + longest);
    }
    return text;
  }

  /** The service's wording for a sensitive member: it does not repeat the value. */
  static ServiceException invalid(String name, String constraint) {
    return ServiceException.validation(
        "1 validation error detected: Value at '%s' failed to satisfy constraint: %s"
            .formatted(
                name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1), constraint));
  }

  private Optional<List<JsonNode>> items(
      String name, int fewest, int most, Predicate<JsonNode> isItem, String itemType) {
    Optional<JsonNode> list = member(name, JsonNode::isArray, "a list");
    if (list.isEmpty()) {
      return Optional.empty();
    }
    List<JsonNode> items = new ArrayList<>();
    list.get().forEach(items::add);
    if (!items.stream().allMatch(isItem)) {
      throw wrongType(name, itemType);
    }
    if (items.size() < fewest || items.size() > most) {
      throw invalid(name, "Member must have length from %d to %d".formatted(fewest, most));
    }
    return Optional.of(items);
  }

  private Optional<JsonNode> member(String name, Predicate<JsonNode> isRight, String type) {
    @Nullable JsonNode node = members.get(name);
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    if (!isRight.test(node)) {
      throw wrongType(name, type);
    }
    return Optional.of(node);
  }

  private static byte[] decode(String name, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException unsafe) {
      throw wrongType(name, "a Blob in base64");
    }
  }

  private static ServiceException wrongType(String name, String type) {
    return ServiceException.serialization("%s can not be converted to %s".formatted(name, type));
  }
}
