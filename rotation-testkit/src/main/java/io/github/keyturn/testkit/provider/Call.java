package io.github.keyturn.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as a profile sees it.
 *
 * @param path the decoded variables of the route's path
 * @param form the fields of a form, if the body is one
 * @param json the body, if it is JSON
 */
record Call(
    String method,
    Map<String, String> path,
    Map<String, String> query,
    Map<String, String> headers,
    Map<String, String> form,
    JsonNode json) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Call read(HttpExchange exchange, Map<String, String> path) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String type = headers.getOrDefault("content-type", "");
    return new Call(
        exchange.getRequestMethod(),
        path,
        pairs(exchange.getRequestURI().getRawQuery()),
        headers,
        type.startsWith("application/x-www-form-urlencoded") ? pairs(body) : Map.of(),
        type.contains("json") && !body.isEmpty() ? JSON.readTree(body) : MissingNode.getInstance());
  }

  private static Map<String, String> pairs(@Nullable String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    if (text != null && !text.isEmpty()) {
      for (String pair : text.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        pairs.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
      }
    }
    return pairs;
  }

  static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  String variable(String name) {
    return path.getOrDefault(name, "");
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** What follows this word in the header {@code Authorization}. */
  String authorization(String scheme) {
    String header = header("authorization");
    return header.startsWith(scheme + " ") ? header.substring(scheme.length() + 1) : "";
  }

  /** Name and password of HTTP's basic authentication. */
  Optional<String[]> basic() {
    String encoded = authorization("Basic");
    if (encoded.isEmpty()) {
      return Optional.empty();
    }
    String[] parts =
        new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
    return parts.length == 2 ? Optional.of(parts) : Optional.empty();
  }
}
