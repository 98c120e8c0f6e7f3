package io.github.keyturn.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Stands between a function and its target, and knows no protocol: whatever the client sends before
 * the server speaks again is one exchange, and so is the greeting of a server that speaks first.
 */
final class Proxy implements AutoCloseable {

  private final InetSocketAddress target;
  private final Executor threads;
  private final ServerSocket door;
  private final Outside outside = new Outside(this::cutAll);
  private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();

  private Proxy(InetSocketAddress target, Executor threads, ServerSocket door) {
    this.target = target;
    this.threads = threads;
    this.door = door;
  }

  /** A proxy on a port of its own; without a target, nobody is let in. */
  static Proxy open(Optional<InetSocketAddress> target, Executor threads) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Proxy proxy = new Proxy(target.orElse(new InetSocketAddress(0)), threads, door);
    threads.execute(proxy::letIn);
    return proxy;
  }

  Outside outside() {
    return outside;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) door.getLocalSocketAddress();
  }

  private void letIn() {
    while (!door.isClosed()) {
      try {
        letIn(door.accept());
      } catch (IOException e) {
        // the door was closed, or the client went away before it was served
      }
    }
  }

  private void letIn(Socket client) {
    if (!outside.targetReachable()) {
      ProxiedConnection.reset(client);
      return;
    }
    int number = outside.newConnection();
    Point greeting = outside.exchange(number, 1);
    threads.execute(() -> connect(client, number, greeting));
  }

  /** Not in the door's own thread, because the way may be closed until a function gives up. */
  private void connect(Socket client, int number, Point greeting) {
    if (!outside.lets(greeting, Moment.BEFORE)) {
      ProxiedConnection.reset(client);
      return;
    }
    try {
      Socket server = new Socket(target.getAddress(), target.getPort());
      ProxiedConnection connection = new ProxiedConnection(client, server, number, outside);
      open.add(connection);
      if (!outside.targetReachable()) {
        connection.cut();
      }
      threads.execute(connection::upstream);
      connection.downstream();
      open.remove(connection);
    } catch (IOException e) {
      ProxiedConnection.reset(client);
    }
  }

  void cutAll() {
    open.forEach(ProxiedConnection::cut);
  }

  /**
   * Waits until the target has dealt with everything that reached it before its connections were
   * cut, so that the next function finds what the dead one left.
   */
  void awaitEndOfCutConnections() {
    open.forEach(ProxiedConnection::awaitEnd);
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cutAll();
    awaitEndOfCutConnections();
  }
}
