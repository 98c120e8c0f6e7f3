package io.github.keyturn.http;

import io.github.keyturn.internal.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What a server said. It may hold a key, so it shows nothing of itself.
 *
 * @param retryAfter the header {@code Retry-After}
 * @param links the header {@code Link}
 * @param json the body, if it is JSON
 */
record Answer(int status, Optional<String> retryAfter, List<String> links, Optional<Object> json) {

  static Optional<Object> parse(byte[] body) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return Optional.ofNullable(Json.parse(text));
    } catch (Json.NotJsonException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "Answer[%d]".formatted(status);
  }
}
