package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The model's HTTP door, in AWS's JSON 1.1 protocol, on an address of this machine. Requests that
 * name another host are refused, so that a web page can't reach it through a DNS name of its own.
 */
public final class LocalEndpoint implements AutoCloseable {

  private static final String TARGET_PREFIX = "secretsmanager.";
  private static final Set<String> LOCAL_NAMES =
      Set.of("127.0.0.1", "localhost", "[::1]", "host.docker.internal");

  /** Room for the largest value with every character escaped. */
  private static final int LARGEST_BODY = 1024 * 1024;

  static {
    // Otherwise an answer waits 40 ms for the client to acknowledge its headers
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final Service service;
  private final HttpServer server;
  private final ExecutorService executor;

  private LocalEndpoint(Service service, HttpServer server, ExecutorService executor) {
    this.service = service;
    this.server = server;
    this.executor = executor;
  }

  /** Speaks TLS if it is given the means to. */
  static LocalEndpoint open(
      Service service, InetAddress address, int port, @Nullable SSLContext tls) throws IOException {
    HttpServer server = server(tls);
    server.bind(new InetSocketAddress(address, port), 0);
    ExecutorService executor =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "local-secrets-manager");
              thread.setDaemon(true);
              return thread;
            });
    LocalEndpoint endpoint = new LocalEndpoint(service, server, executor);
    server.setExecutor(executor);
    server.createContext("/", endpoint::handle);
    server.start();
    return endpoint;
  }

  private static HttpServer server(@Nullable SSLContext tls) throws IOException {
    if (tls == null) {
      return HttpServer.create();
    }
    HttpsServer server = HttpsServer.create();
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  /** What to set as {@code SECRETS_MANAGER_ENDPOINT} or {@code --endpoint-url}. */
  public URI url() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create("%s://%s:%d".formatted(scheme, address(), server.getAddress().getPort()));
  }

  private record Answer(int status, ObjectNode body) {
    static Answer error(int status, ServiceException error) {
      return new Answer(
          status, Json.object().put("__type", error.code()).put("Message", error.getMessage()));
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (Faults.NoAnswerException silence) {
        return;
      }
      byte[] body = Json.write(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
      exchange.getResponseHeaders().set("x-amzn-RequestId", UUID.randomUUID().toString());
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    if (!isLocal(exchange.getRequestHeaders().getFirst("Host"))) {
      return Answer.error(
          403,
          ServiceException.accessDenied(
              "This endpoint answers requests to localhost, host.docker.internal or %s only."
                  .formatted(address())));
    }
    try {
      return new Answer(200, call(exchange));
    } catch (ServiceException e) {
      return Answer.error(e.status(), e);
    } catch (Faults.NoAnswerException | IOException e) {
      throw e;
    } catch (RuntimeException unsafe) {
      // its message might quote a value
      ServiceException error =
          ServiceException.internal("This model failed: " + unsafe.getClass().getName());
      return Answer.error(error.status(), error);
    }
  }

  private ObjectNode call(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    if (!exchange.getRequestMethod().equals("POST")
        || !exchange.getRequestURI().getPath().equals("/")
        || target == null
        || !target.startsWith(TARGET_PREFIX)) {
      throw new ServiceException(
          "UnknownOperationException",
          "Requests are POST / with X-Amz-Target: secretsmanager.<operation>.");
    }
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization == null || authorization.isBlank()) {
      throw new ServiceException(
          "MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
    if (body.length > LARGEST_BODY) {
      throw new ServiceException(
          "RequestEntityTooLargeException",
          "The request is larger than %d bytes.".formatted(LARGEST_BODY));
    }
    ObjectNode request =
        Json.parseObject(body)
            .orElseThrow(() -> ServiceException.serialization("The request is not a JSON object."));
    return service.call(target.substring(TARGET_PREFIX.length()), request, Instant.MAX);
  }

  private boolean isLocal(@Nullable String host) {
    return host != null && (LOCAL_NAMES.contains(name(host)) || name(host).equals(address()));
  }

  private static String name(String host) {
    return host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
  }

  private String address() {
    return server.getAddress().getAddress().getHostAddress();
  }

  /** Stops answering; what waits for an answer is cut off. */
  @Override
  public void close() {
    executor.shutdownNow();
    server.stop(0);
  }
}
