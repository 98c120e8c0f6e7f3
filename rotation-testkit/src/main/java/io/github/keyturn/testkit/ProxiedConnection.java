package io.github.keyturn.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One connection through the {@link Proxy}, cut into exchanges. */
final class ProxiedConnection {

  private static final int BUFFER = 16 * 1024;

  /** A server notices at once that its client has gone; one that does not is not waited for. */
  private static final int LONGEST_END_MILLIS = 1_000;

  private final Socket client;
  private final Socket server;
  private final int node;
  private final int number;
  private final Outside outside;
  private final CountDownLatch ended = new CountDownLatch(1);
  private int exchange = 1;
  private boolean answered;
  private volatile boolean cut;

  ProxiedConnection(Socket client, Socket server, int node, int number, Outside outside)
      throws IOException {
    this.client = client;
    this.server = server;
    this.node = node;
    this.number = number;
    this.outside = outside;
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
  }

  /** The number of the node that it leads to; 0 if the target is not several. */
  int node() {
    return node;
  }

  /** What the client sends. */
  void upstream() {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (cut || !letsNextExchange()) {
          break;
        }
        out.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // one of the two has gone: the other one is told below
    }
    hangUp();
  }

  private boolean letsNextExchange() {
    Point next;
    synchronized (this) {
      if (!answered) {
        return true;
      }
      answered = false;
      next = outside.exchange(node, number, ++exchange);
    }
    if (outside.lets(next, Moment.BEFORE)) {
      return true;
    }
    cut();
    return false;
  }

  /** What the server answers. */
  void downstream() {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        // a cut connection is read on, so that the server gets to the end of what it was sent
        if (letsAnswer() && !cut) {
          out.write(buffer, 0, length);
        }
      }
      letsAnswer();
    } catch (IOException e) {
      // one of the two has gone: the other one is told below
    } finally {
      closeQuietly(client);
      closeQuietly(server);
      ended.countDown();
    }
  }

  /** The server's first word, or its silent end, shows that the exchange had its effect. */
  private boolean letsAnswer() {
    Point done;
    synchronized (this) {
      if (answered || cut) {
        return !cut;
      }
      answered = true;
      done = Point.ofNode(outside.step(), node, number, exchange);
    }
    if (outside.lets(done, Moment.AFTER)) {
      return true;
    }
    cut();
    return false;
  }

  /** Ends the client's side at once; the server is told, and may finish what it was sent. */
  void cut() {
    cut = true;
    reset(client);
    hangUp();
  }

  private void hangUp() {
    try {
      server.shutdownOutput();
    } catch (IOException e) {
      // it has hung up itself
    }
  }

  void awaitEnd() {
    try {
      if (cut && !ended.await(LONGEST_END_MILLIS, TimeUnit.MILLISECONDS)) {
        closeQuietly(server);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes without good-bye, as a process that ends. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // it is closed already
    }
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // there is nobody left who would miss it
    }
  }
}
