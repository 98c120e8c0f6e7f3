package io.github.keyturn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CallerTest {

  private static final Map<String, String> FUNCTION =
      Map.of(
          "AWS_ACCESS_KEY_ID", "ASIAFUNCTION",
          "AWS_SECRET_ACCESS_KEY", "s3cret",
          "AWS_SESSION_TOKEN", "t0ken");

  @Test
  void isTheRoleThatLambdaNames() {
    assertThat(Caller.of(FUNCTION).get())
        .isEqualTo(new Caller("ASIAFUNCTION", Secret.of("s3cret"), Secret.of("t0ken")));
  }

  @Test
  void needsNoSession() {
    assertThat(
            Caller.of(
                    Map.of(
                        "AWS_ACCESS_KEY_ID", "AKIAUSER",
                        "AWS_SECRET_ACCESS_KEY", " s3cret ",
                        "AWS_SESSION_TOKEN", ""))
                .get())
        .isEqualTo(new Caller("AKIAUSER", Secret.of("s3cret"), null));
  }

  @Test
  void showsNoSecret() {
    assertThat(Caller.of(FUNCTION).get().toString())
        .contains("ASIAFUNCTION")
        .doesNotContain("s3cret", "t0ken");
  }

  /** A function that was restored from a snapshot has an address in place of a key. */
  @Test
  void isWhomTheLocalAddressNamesAndNamesAgain() throws Exception {
    List<String> authorizations = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/2021-04-23/credentials",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] answer = credentials(authorizations.size()).getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String url =
        "http://127.0.0.1:%d/2021-04-23/credentials".formatted(server.getAddress().getPort());
    System.setProperty("aws.containerCredentialsFullUri", url);
    System.setProperty("aws.containerAuthorizationToken", "ticket");
    try {
      Supplier<Caller> caller = Caller.of(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", url));
      assertThat(authorizations).as("before the first call").isEmpty();

      assertThat(caller.get())
          .isEqualTo(new Caller("ASIA1", Secret.of("s3cret1"), Secret.of("t0ken1")));
      assertThat(caller.get().accessKeyId()).as("the first ones have expired").isEqualTo("ASIA2");
      assertThat(authorizations).containsOnly("ticket");
    } finally {
      System.clearProperty("aws.containerCredentialsFullUri");
      System.clearProperty("aws.containerAuthorizationToken");
      server.stop(0);
    }
  }

  private static String credentials(int count) {
    Instant expiration = Instant.now().plus(count == 1 ? Duration.ZERO : Duration.ofHours(6));
    return "{\"AccessKeyId\":\"ASIA%d\",\"SecretAccessKey\":\"s3cret%d\",\"Token\":\"t0ken%d\",\"Expiration\":\"%s\"}"
        .formatted(count, count, count, expiration);
  }
}
