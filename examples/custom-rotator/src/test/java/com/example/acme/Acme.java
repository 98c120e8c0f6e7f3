package com.example.acme;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A stand-in for Acme: keys by their id, each of some customer, over HTTP. */
final class Acme implements AutoCloseable {

  private final Map<String, Key> keys = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile int failure;

  private record Key(String value, String customer) {}

  Acme() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  String url() {
    return "http://127.0.0.1:" + address().getPort();
  }

  Set<String> keys() {
    return keys.keySet();
  }

  /** The ids of all keys of the customer whose key this is. */
  Set<String> keysBeside(String key) {
    Optional<String> customer = customer(key);
    return keys.entrySet().stream()
        .filter(entry -> customer.equals(Optional.of(entry.getValue().customer())))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The first key of a new customer. */
  void issue(String id, String key) {
    keys.put(id, new Key(key, id));
  }

  boolean accepts(String key) {
    return customer(key).isPresent();
  }

  private Optional<String> customer(String key) {
    return keys.values().stream()
        .filter(issued -> issued.value().equals(key))
        .map(Key::customer)
        .findFirst();
  }

  void failWith(int status) {
    failure = status;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    Optional<String> customer = customer(authorization.replace("Bearer ", ""));
    String id = exchange.getRequestURI().getPath().replace("/keys/", "");
    if (failure != 0) {
      reply(exchange, failure, "");
    } else if (customer.isEmpty()) {
      reply(exchange, 401, "");
    } else if (exchange.getRequestMethod().equals("PUT")) {
      String key = "key-" + UUID.randomUUID();
      keys.put(id, new Key(key, customer.get()));
      reply(exchange, 201, "{\"key\":\"%s\"}".formatted(key));
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
    threads.shutdownNow();
  }
}
