package io.github.keyturn.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The API that a runtime in a Lambda execution environment talks to, for one process: it hands out
 * events, and turns what the process says into signals.
 */
final class RuntimeApi implements AutoCloseable {

  private static final String ROOT = "/2018-06-01/runtime/";
  private static final String NEXT = ROOT + "invocation/next";
  private static final String RESTORE = ROOT + "restore/next";
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;

  static {
    // Otherwise an answer waits 40 ms for the client to acknowledge its headers
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  /** What a function is called with. */
  record Event(
      String requestId, String payload, Instant deadline, String functionArn, String traceId) {}

  private final HttpServer server;
  private final ExecutorService executor;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> restores = new LinkedBlockingQueue<>();
  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile @Nullable String running;

  private RuntimeApi(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  static RuntimeApi open() throws IOException {
    InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    ExecutorService executor =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "lambda-runtime-api");
              thread.setDaemon(true);
              return thread;
            });
    RuntimeApi api = new RuntimeApi(server, executor);
    server.setExecutor(executor);
    server.createContext("/", api::handle);
    server.start();
    return api;
  }

  /** The value of AWS_LAMBDA_RUNTIME_API. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  void dispatch(Event event) {
    running = event.requestId();
    events.add(event);
  }

  /** Lets a process go on that waits at its checkpoint. */
  void restore() {
    restores.add(true);
  }

  void signal(Signal signal) {
    signals.add(signal);
  }

  Signal await(Duration atMost) throws InterruptedException {
    Signal signal = signals.poll(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
    return signal == null ? new Signal.Silence() : signal;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (exchange.getRequestMethod().equals("GET")) {
        get(exchange, path);
      } else {
        post(exchange, path);
      }
    } catch (InterruptedException e) {
      // the API is being closed
      Thread.currentThread().interrupt();
    }
  }

  private void get(HttpExchange exchange, String path) throws IOException, InterruptedException {
    switch (path) {
      case NEXT -> {
        signal(new Signal.Ready());
        answer(exchange, events.take());
      }
      case RESTORE -> {
        signal(new Signal.Checkpoint());
        restores.take();
        answer(exchange, OK, "");
      }
      default -> answer(exchange, NOT_FOUND, error("NotFound", path));
    }
  }

  private static void answer(HttpExchange exchange, Event event) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", event.requestId());
    headers.set("Lambda-Runtime-Deadline-Ms", String.valueOf(event.deadline().toEpochMilli()));
    headers.set("Lambda-Runtime-Invoked-Function-Arn", event.functionArn());
    headers.set("Lambda-Runtime-Trace-Id", event.traceId());
    answer(exchange, OK, event.payload());
  }

  private void post(HttpExchange exchange, String path) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String invocation = ROOT + "invocation/" + running;
    if (path.equals(invocation + "/response")) {
      signal(new Signal.Answer(false, body));
    } else if (path.equals(invocation + "/error")) {
      signal(new Signal.Answer(true, body));
    } else if (path.equals(ROOT + "init/error") || path.equals(ROOT + "restore/error")) {
      signal(new Signal.Broken(body));
    } else {
      answer(exchange, BAD_REQUEST, error("InvalidRequestID", "No such invocation: " + path));
      return;
    }
    answer(exchange, ACCEPTED, "{\"status\":\"OK\"}");
  }

  private static String error(String type, String message) {
    return Envelope.of(type, message);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    executor.shutdownNow();
    server.stop(0);
  }
}
