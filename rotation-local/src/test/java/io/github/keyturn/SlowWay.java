package io.github.keyturn;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A way to a server on which the answers of the first connections are late. */
final class SlowWay implements AutoCloseable {

  private final ServerSocket door;
  private final URI server;
  private final AtomicInteger slow;
  private final Duration delay;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  SlowWay(URI server, int slow, Duration delay) throws IOException {
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.server = server;
    this.slow = new AtomicInteger(slow);
    this.delay = delay;
    threads.execute(this::letIn);
  }

  URI url() {
    return URI.create("https://127.0.0.1:" + door.getLocalPort());
  }

  private void letIn() {
    try {
      while (!door.isClosed()) {
        Socket client = door.accept();
        boolean late = slow.getAndDecrement() > 0;
        Socket to = new Socket();
        to.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        threads.execute(() -> carry(client, to, Duration.ZERO));
        threads.execute(() -> carry(to, client, late ? delay : Duration.ZERO));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void carry(Socket from, Socket to, Duration delay) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[8192];
      int count = in.read(bytes);
      Thread.sleep(delay.toMillis());
      while (count >= 0) {
        out.write(bytes, 0, count);
        count = in.read(bytes);
      }
    } catch (IOException e) {
      // one of the two has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
