package io.github.keyturn.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/** A function's credentials, of Lambda's size, and where one that was restored asks for them. */
final class Credentials implements AutoCloseable {

  static final String ACCESS_KEY_ID = "ASIAEXAMPLEEXAMPLE00";
  static final String SECRET_ACCESS_KEY = "not-a-key/not-a-key/not-a-key/not-a-key0";
  static final String SESSION_TOKEN = "FwoGZXIvYXdzE".repeat(40);
  static final String TICKET = "ticket";

  private static final String PATH = "/2021-04-23/credentials";
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;

  private final HttpServer server;

  Credentials() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        PATH,
        exchange -> {
          try (exchange) {
            boolean known = TICKET.equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = (known ? credentials() : "{}").getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(known ? OK : FORBIDDEN, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.start();
  }

  private static String credentials() {
    return "{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Token\":\"%s\",\"Expiration\":\"%s\"}"
        .formatted(
            ACCESS_KEY_ID,
            SECRET_ACCESS_KEY,
            SESSION_TOKEN,
            Instant.now().plus(Duration.ofHours(6)));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
