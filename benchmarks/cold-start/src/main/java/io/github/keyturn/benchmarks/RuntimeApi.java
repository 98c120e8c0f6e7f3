package io.github.keyturn.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's Runtime API for one function: what a runtime polls for events, and where it posts what
 * came of them.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Runtime API</a>
 */
final class RuntimeApi implements AutoCloseable {

  private static final String FUNCTION =
      "arn:aws:lambda:us-east-1:123456789012:function:cold-start";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "runtime-api");
            thread.setDaemon(true);
            return thread;
          });
  private final HttpServer server;

  /** What a function answered, and when. */
  private record Outcome(long nanos, String path, String body) {}

  RuntimeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/2018-06-01/runtime/", this::handle);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  void offer(String event) {
    events.add(event);
  }

  /** When the answer came, in the time of {@link System#nanoTime()}. */
  long awaitAnswer() throws InterruptedException {
    Outcome outcome = outcomes.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    if (outcome == null) {
      throw new IllegalStateException("the function gave no answer within " + TIMEOUT);
    }
    if (!outcome.path().endsWith("/response")) {
      throw new IllegalStateException("the function failed: " + outcome.body());
    }
    return outcome.nanos();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (exchange.getRequestMethod().equals("GET")) {
        sendNextEvent(exchange);
      } else {
        long now = System.nanoTime();
        String body =
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(202, -1);
        outcomes.add(new Outcome(now, path, body));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendNextEvent(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] event = events.take().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange
        .getResponseHeaders()
        .set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    exchange
        .getResponseHeaders()
        .set(
            "Lambda-Runtime-Deadline-Ms",
            String.valueOf(Instant.now().plus(TIMEOUT).toEpochMilli()));
    exchange.getResponseHeaders().set("Lambda-Runtime-Invoked-Function-Arn", FUNCTION);
    exchange.sendResponseHeaders(200, event.length);
    exchange.getResponseBody().write(event);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
