package io.github.keyturn.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointFunctionTest {

  private static final byte[] EVENT = "{\"Step\":\"setSecret\"}".getBytes(UTF_8);
  private static final String ENVELOPE =
      "{\"errorType\":\"io.github.keyturn.RotationException\",\"errorMessage\":\"NETWORK: no\"}";

  private HttpServer server;
  private String asked = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void invokesTheFunctionOfItsName() throws Exception {
    answer(200, "null", false);

    function().invoke(EVENT);

    assertThat(asked)
        .isEqualTo(
            "POST /2015-03-31/functions/PostgresSingleUser/invocations "
                + new String(EVENT, UTF_8));
  }

  @Test
  void failsAsTheFunctionDid() {
    answer(200, ENVELOPE, true);

    assertThatThrownBy(() -> function().invoke(EVENT))
        .isInstanceOf(FunctionException.class)
        .hasMessage("io.github.keyturn.RotationException: NETWORK: no");
  }

  @Test
  void knowsAFailureThatOnlyTheEnvelopeTells() {
    answer(200, ENVELOPE, false);

    assertThatThrownBy(() -> function().invoke(EVENT)).isInstanceOf(FunctionException.class);
  }

  @Test
  void takesAnyOtherAnswerOfAFunctionForSuccess() {
    answer(200, "{\"errorMessage\": \"is a field of mine\"}", false);

    assertThatCode(() -> function().invoke(EVENT)).doesNotThrowAnyException();
  }

  @Test
  void failsIfThereIsNoSuchFunction() {
    answer(404, "{\"Type\": \"User\", \"Message\": \"Function not found\"}", false);

    assertThatThrownBy(() -> function().invoke(EVENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/PostgresSingleUser/invocations answered with status 404");
  }

  @Test
  void saysWhenNothingIsThere() {
    URI nowhere = url();
    server.stop(0);

    assertThatThrownBy(() -> EndpointFunction.at(nowhere, "any").invoke(EVENT))
        .isInstanceOf(IOException.class)
        .hasMessage("nothing answers at %s; is 'sam local start-lambda' running?", nowhere);
  }

  private EndpointFunction function() {
    return EndpointFunction.at(url(), "PostgresSingleUser");
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(int status, String body, boolean asError) {
    server.createContext("/", exchange -> answer(exchange, status, body, asError));
  }

  private void answer(HttpExchange exchange, int status, String body, boolean asError)
      throws IOException {
    try (exchange) {
      asked =
          "%s %s %s"
              .formatted(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI(),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      if (asError) {
        exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      }
      exchange.sendResponseHeaders(status, body.length());
      exchange.getResponseBody().write(body.getBytes(UTF_8));
    }
  }
}
