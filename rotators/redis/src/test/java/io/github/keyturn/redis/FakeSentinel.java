package io.github.keyturn.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers as a Sentinel does, and remembers what it was told. */
final class FakeSentinel implements AutoCloseable {

  private final ServerSocket door;
  private final boolean wantsALogin;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private FakeSentinel(boolean wantsALogin) {
    this.wantsALogin = wantsALogin;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::letIn);
  }

  static FakeSentinel thatWantsALogin() {
    return new FakeSentinel(true);
  }

  static FakeSentinel thatLetsInAnybody() {
    return new FakeSentinel(false);
  }

  int port() {
    return door.getLocalPort();
  }

  String heard() {
    return String.join("\n", heard);
  }

  private void letIn() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        start(() -> answer(client));
      } catch (IOException e) {
        // it was closed
      }
    }
  }

  private void answer(Socket client) {
    byte[] buffer = new byte[1 << 14];
    boolean loggedIn = !wantsALogin;
    try (client) {
      InputStream in = client.getInputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        String said = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        heard.add(said);
        loggedIn |= said.contains("AUTH");
        client.getOutputStream().write(reply(said, loggedIn).getBytes(StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static String reply(String said, boolean loggedIn) {
    if (!loggedIn) {
      return "-NOAUTH Authentication required.\r\n";
    }
    if (said.contains("MASTERS")) {
      return "*1\r\n*2\r\n$4\r\nname\r\n$8\r\nmymaster\r\n";
    }
    if (said.contains("MYID")) {
      return "$40\r\n%s\r\n".formatted("f".repeat(40));
    }
    return said.contains("SENTINELS") ? "*0\r\n" : "+OK\r\n";
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "fake sentinel");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
