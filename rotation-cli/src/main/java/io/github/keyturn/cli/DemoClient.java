package io.github.keyturn.cli;

import io.github.keyturn.SecretDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** A client that logs in all the time with AWSCURRENT, which it reads again once a TTL. */
final class DemoClient implements AutoCloseable {

  static final Duration TTL = Duration.ofMillis(100);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Whether a login with a value was accepted. */
  @FunctionalInterface
  interface Login {
    boolean accepts(SecretDocument value) throws Exception;
  }

  private final Callable<SecretDocument> current;
  private final Login login;
  private final Thread thread = new Thread(this::run, "keyturn-demo-client");
  private volatile boolean stopped;
  private int reads;
  private int logins;
  private int failed;

  private DemoClient(Callable<SecretDocument> current, Login login) {
    this.current = current;
    this.login = login;
    thread.setDaemon(true);
  }

  static DemoClient start(Callable<SecretDocument> current, Login login) {
    DemoClient client = new DemoClient(current, login);
    client.thread.start();
    return client;
  }

  private void run() {
    while (!stopped) {
      try {
        useOneRead();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        // a client is not interested in the reason
        count(false);
      }
    }
  }

  private void useOneRead() throws Exception {
    SecretDocument value = current.call();
    noteRead();
    Instant end = Instant.now().plus(TTL);
    while (!stopped && Instant.now().isBefore(end)) {
      count(login.accepts(value));
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private synchronized void noteRead() {
    reads++;
    notifyAll();
  }

  /** Waits until it uses a value that it has read after this call: rotations are further apart. */
  synchronized void awaitNewRead() throws InterruptedException {
    // one may be on its way with an older value
    int next = reads + 2;
    while (reads < next && thread.isAlive()) {
      wait(TTL.toMillis());
    }
  }

  private synchronized void count(boolean accepted) {
    logins++;
    failed += accepted ? 0 : 1;
  }

  synchronized int logins() {
    return logins;
  }

  synchronized int failed() {
    return failed;
  }

  /** Lets it finish the login under way. */
  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
  }
}
