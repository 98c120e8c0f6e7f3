package io.github.keyturn.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in front of a server, and does something before a certain command gets to it. */
final class Gate implements AutoCloseable {

  private final ServerSocket door;
  private final int port;
  private final String command;
  private final Runnable before;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean done;

  /**
   * @param command a word of it
   * @param before what to do, once
   */
  Gate(int port, String command, Runnable before) {
    this.port = port;
    this.command = command;
    this.before = before;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::letIn);
  }

  int port() {
    return door.getLocalPort();
  }

  private void letIn() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
        open.addAll(List.of(client, server));
        start(() -> copy(client, server, true));
        start(() -> copy(server, client, false));
      } catch (IOException e) {
        // the gate was closed
      }
    }
  }

  private void copy(Socket from, Socket to, boolean watched) {
    byte[] buffer = new byte[1 << 14];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        if (watched && !done && text.contains(command)) {
          done = true;
          before.run();
        }
        out.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // one of the two has gone, and the other one with it
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "gate");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      door.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
