package io.github.keyturn.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Stands between a function and Secrets Manager, and notes who was asked for what. */
final class CallLog implements AutoCloseable {

  private static final List<String> PASSED_ON =
      List.of("X-Amz-Target", "Authorization", "Content-Type", "X-Amz-Date");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI service;
  private final HttpServer server;
  private final HttpClient http = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
  private final Set<String> calls = new ConcurrentSkipListSet<>();
  private final Set<String> callers = new ConcurrentSkipListSet<>();

  CallLog(URI service) throws IOException {
    this.service = service;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The operations on secrets whose ARN or name holds this text. */
  Set<String> operationsOn(String secret) {
    Set<String> operations = new ConcurrentSkipListSet<>();
    calls.stream()
        .map(call -> call.split(" ", 2))
        .filter(call -> call[1].contains(secret))
        .forEach(call -> operations.add(call[0]));
    return operations;
  }

  /** The access key ids that requests were signed with. */
  Set<String> callers() {
    return Set.copyOf(callers);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      calls.add(
          target.substring(target.indexOf('.') + 1)
              + " "
              + JSON.readTree(request).path("SecretId").asText());
      callers.add(
          exchange
              .getRequestHeaders()
              .getFirst("Authorization")
              .replaceFirst(".*Credential=([^/]+)/.*", "$1"));
      HttpResponse<String> answer = forward(exchange, request);
      byte[] body = answer.body().getBytes(UTF_8);
      exchange
          .getResponseHeaders()
          .set("Content-Type", answer.headers().firstValue("Content-Type").orElseThrow());
      exchange.sendResponseHeaders(answer.statusCode(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<String> forward(HttpExchange exchange, byte[] request)
      throws IOException, InterruptedException {
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(service).POST(BodyPublishers.ofByteArray(request));
    for (String header : PASSED_ON) {
      String value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        forwarded.header(header, value);
      }
    }
    return http.send(forwarded.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
