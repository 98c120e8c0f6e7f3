package io.github.keyturn.local;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON without reflection, with the protocol's dates: seconds since 1970 with decimals. */
final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private static final int MILLIS_DIGITS = 3;

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Empty for what is no JSON object; the parser's own message may quote a secret. */
  static Optional<ObjectNode> parseObject(byte[] text) {
    try (JsonParser parser = MAPPER.createParser(text)) {
      JsonNode node = MAPPER.readTree(parser);
      return node instanceof ObjectNode object && parser.nextToken() == null
          ? Optional.of(object)
          : Optional.empty();
    } catch (IOException unsafe) {
      return Optional.empty();
    }
  }

  static byte[] write(ObjectNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  static void put(ObjectNode node, String name, @Nullable Instant time) {
    if (time != null) {
      node.put(name, BigDecimal.valueOf(time.toEpochMilli(), MILLIS_DIGITS));
    }
  }

  static void put(ObjectNode node, String name, @Nullable LocalDate day) {
    put(node, name, day == null ? null : day.atStartOfDay().toInstant(ZoneOffset.UTC));
  }

  static Instant instant(BigDecimal seconds) {
    return Instant.ofEpochMilli(seconds.movePointRight(MILLIS_DIGITS).longValue());
  }

  static ArrayNode array(ObjectNode node, String name, Collection<String> texts) {
    ArrayNode array = node.putArray(name);
    texts.forEach(array::add);
    return array;
  }

  static void dropNulls(ObjectNode node) {
    node.properties().removeIf(member -> member.getValue().isNull());
  }
}
