package io.github.keyturn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Through the proxy, a client asks the server for a login (1), a change (2), and says good-bye. */
class ProxyTest {

  private static final Point CHANGE = Point.ofTarget(Step.SET, 1, 2);

  private final ToyServer server = new ToyServer();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final String account = server.newAccount(ToyServer.PRIMARY, "old-password");
  private Proxy proxy;
  private Outside outside;

  @BeforeEach
  void open() throws IOException {
    proxy = Proxy.open(Optional.of(server.address()), threads);
    outside = proxy.outside();
    outside.beginStep(Step.SET, Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    proxy.close();
    server.close();
    threads.shutdownNow();
  }

  @Test
  void countsWhatTheClientSendsUntilTheServerAnswers() throws IOException {
    change("new-password");

    assertThat(outside.record()).contains(Point.ofTarget(Step.SET, 1, 1), CHANGE);
    assertThat(accepted("new-password")).isTrue();
  }

  @Test
  void aCrashBeforeAnExchangeKeepsItFromTheServer() throws IOException {
    outside.plan(Disturbance.CRASH, CHANGE, Moment.BEFORE);

    assertThatThrownBy(() -> change("new-password")).isInstanceOf(IOException.class);
    proxy.awaitEndOfCutConnections();

    assertThat(outside.reached()).isTrue();
    assertThat(accepted("old-password")).isTrue();
  }

  @Test
  @DisplayName("A crash after an exchange: it has its effect, and the client never learns")
  void aCrashAfterAnExchangeKeepsItFromTheClient() throws IOException {
    outside.plan(Disturbance.CRASH, CHANGE, Moment.AFTER);

    assertThatThrownBy(() -> change("new-password")).isInstanceOf(IOException.class);
    proxy.awaitEndOfCutConnections();

    assertThat(accepted("new-password")).isTrue();
  }

  @Test
  void nothingPassesUntilTheNextFunction() throws IOException {
    outside.plan(Disturbance.CRASH, CHANGE, Moment.BEFORE);
    assertThatThrownBy(() -> change("new-password")).isInstanceOf(IOException.class);

    assertThatThrownBy(() -> change("new-password")).isInstanceOf(IOException.class);
    outside.newFunction();
    change("new-password");

    assertThat(accepted("new-password")).isTrue();
  }

  private void change(String password) throws IOException {
    try (ToySession session = new ToySession(login(proxy.address().getPort(), "old-password"))) {
      session.ask("SET " + password);
    }
  }

  private boolean accepted(String password) throws IOException {
    try (ToySession session = new ToySession(login(server.address().getPort(), password))) {
      return session.accepted();
    }
  }

  private SecretDocument login(int port, String password) {
    return SecretDocument.parse(Secret.of("{}"))
        .with("port", String.valueOf(port))
        .with("account", account)
        .with("password", password);
  }
}
