package io.github.keyturn.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Stands between a function and its target, and knows no protocol: whatever the client sends before
 * the server speaks again is one exchange, and so is the greeting of a server that speaks first. A
 * target of several nodes has a door for each.
 */
final class Proxy implements AutoCloseable {

  private final Executor threads;
  private final List<Door> doors = new ArrayList<>();
  private final Outside outside = new Outside(this::cutWhatMayNotGoOn);
  private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();

  /**
   * Where clients come in.
   *
   * @param node the number of the node behind it, from 1; 0 if there is only one
   */
  private record Door(int node, InetSocketAddress target, ServerSocket socket) {}

  private Proxy(Executor threads) {
    this.threads = threads;
  }

  /** A proxy on a port of its own; without a target, nobody is let in. */
  static Proxy open(Optional<InetSocketAddress> target, Executor threads) throws IOException {
    return open(target.stream().toList(), threads);
  }

  /** A proxy with a port for each of these nodes; without one, nobody is let in. */
  static Proxy open(List<InetSocketAddress> nodes, Executor threads) throws IOException {
    Proxy proxy = new Proxy(threads);
    if (nodes.size() < 2) {
      proxy.openDoor(0, nodes.isEmpty() ? new InetSocketAddress(0) : nodes.get(0));
    } else {
      for (InetSocketAddress node : nodes) {
        proxy.openDoor(proxy.doors.size() + 1, node);
      }
    }
    return proxy;
  }

  private void openDoor(int node, InetSocketAddress target) throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Door door = new Door(node, target, socket);
    doors.add(door);
    threads.execute(() -> letIn(door));
  }

  Outside outside() {
    return outside;
  }

  InetSocketAddress address() {
    return addresses().get(0);
  }

  /** In the order of the nodes. */
  List<InetSocketAddress> addresses() {
    return doors.stream()
        .map(door -> (InetSocketAddress) door.socket().getLocalSocketAddress())
        .toList();
  }

  private void letIn(Door door) {
    while (!door.socket().isClosed()) {
      try {
        letIn(door, door.socket().accept());
      } catch (IOException e) {
        // the door was closed, or the client went away before it was served
      }
    }
  }

  private void letIn(Door door, Socket client) {
    if (!outside.lets(door.node())) {
      ProxiedConnection.reset(client);
      return;
    }
    int number = outside.newConnection(door.node());
    Point greeting = outside.exchange(door.node(), number, 1);
    threads.execute(() -> connect(door, client, number, greeting));
  }

  /** Not in the door's own thread, because the way may be closed until a function gives up. */
  private void connect(Door door, Socket client, int number, Point greeting) {
    if (!outside.lets(greeting, Moment.BEFORE)) {
      ProxiedConnection.reset(client);
      return;
    }
    try {
      Socket server = new Socket(door.target().getAddress(), door.target().getPort());
      ProxiedConnection connection =
          new ProxiedConnection(client, server, door.node(), number, outside);
      open.add(connection);
      if (!outside.lets(door.node())) {
        connection.cut();
      }
      threads.execute(connection::upstream);
      connection.downstream();
      open.remove(connection);
    } catch (IOException e) {
      ProxiedConnection.reset(client);
    }
  }

  private void cutWhatMayNotGoOn() {
    open.stream()
        .filter(connection -> !outside.lets(connection.node()))
        .forEach(ProxiedConnection::cut);
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
    for (Door door : doors) {
      try {
        door.socket().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    cutAll();
    awaitEndOfCutConnections();
  }
}
