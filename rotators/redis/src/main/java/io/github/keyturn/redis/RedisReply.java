package io.github.keyturn.redis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a server answers to a command. */
sealed interface RedisReply {

  /** A text: a status or a bulk string. */
  record Text(String value) implements RedisReply {
    /** It may be a password. */
    @Override
    public String toString() {
      return "a text";
    }
  }

  /** A whole number. */
  record Whole(long value) implements RedisReply {}

  /** Several replies. */
  record Items(List<RedisReply> items) implements RedisReply {}

  /** There is no such thing. */
  record Nothing() implements RedisReply {}

  /**
   * The server refuses the command.
   *
   * @param message its first word is a code, such as {@code NOPERM}, or {@code ERR}
   */
  record Refusal(String message) implements RedisReply {
    boolean is(String code) {
      return message.startsWith(code + " ") || message.equals(code);
    }
  }

  /** The text of this reply, or none if it is anything else. */
  default String text() {
    return this instanceof Text text ? text.value : "";
  }

  /** The replies within this one. */
  default List<RedisReply> items() {
    return List.of();
  }

  /** The replies within this one by the text before them, as RESP2 writes a map. */
  default Map<String, RedisReply> fields() {
    Map<String, RedisReply> fields = new LinkedHashMap<>();
    List<RedisReply> items = items();
    for (int i = 0; i + 1 < items.size(); i += 2) {
      fields.put(items.get(i).text(), items.get(i + 1));
    }
    return fields;
  }
}
