package com.example.acme;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A stand-in for Acme: keys by their id, over HTTP. */
final class Acme implements AutoCloseable {

  private final Map<String, String> keys = new ConcurrentHashMap<>();
  private final HttpServer server;
  private volatile int failure;

  Acme() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Map<String, String> keys() {
    return keys;
  }

  void issue(String id, String key) {
    keys.put(id, key);
  }

  boolean accepts(String key) {
    return keys.containsValue(key);
  }

  void failWith(int status) {
    failure = status;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    String id = exchange.getRequestURI().getPath().replace("/keys/", "");
    if (failure != 0) {
      reply(exchange, failure, "");
    } else if (!accepts(authorization.replace("Bearer ", ""))) {
      reply(exchange, 401, "");
    } else if (exchange.getRequestMethod().equals("PUT")) {
      keys.put(id, "key-" + UUID.randomUUID());
      reply(exchange, 201, "{\"key\":\"%s\"}".formatted(keys.get(id)));
    } else if (exchange.getRequestMethod().equals("DELETE")) {
      keys.remove(id);
      reply(exchange, 200, "");
    } else {
      reply(exchange, 200, "{}");
    }
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
