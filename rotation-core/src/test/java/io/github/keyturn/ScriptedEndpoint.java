package io.github.keyturn;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An endpoint that answers as it is told, and keeps what it was asked. */
final class ScriptedEndpoint implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** How to answer a request. */
  @FunctionalInterface
  interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  /** What was asked, and from which port. */
  record Request(String target, String date, String token, String body, int port) {}

  ScriptedEndpoint() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Request> requests() {
    return requests;
  }

  /** Answers the next requests in this order, and those after them with an empty object. */
  void answer(Answer... next) {
    script.addAll(List.of(next));
  }

  static Answer text(int status, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  static Answer error(String type, String message, String... headers) {
    return text(400, "{\"__type\":\"%s\",\"Message\":\"%s\"}".formatted(type, message), headers);
  }

  /** Takes the request and closes the connection. */
  static Answer none() {
    return exchange -> {};
  }

  /** Takes the request and says nothing until this ends. */
  static Answer silence() {
    return exchange -> sleep(60_000);
  }

  /** Says something all the time, and never comes to an end. */
  static Answer drip() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      for (int i = 0; i < 2_000; i++) {
        exchange.getResponseBody().write(' ');
        exchange.getResponseBody().flush();
        sleep(30);
      }
    };
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(
          new Request(
              header(exchange, "X-Amz-Target"),
              header(exchange, "X-Amz-Date"),
              header(exchange, "X-Amz-Security-Token"),
              new String(exchange.getRequestBody().readAllBytes(), UTF_8),
              exchange.getRemoteAddress().getPort()));
      Answer answer = script.poll();
      (answer == null ? text(200, "{}") : answer).give(exchange);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
