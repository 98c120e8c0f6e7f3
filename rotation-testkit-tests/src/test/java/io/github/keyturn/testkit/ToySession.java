package io.github.keyturn.testkit;

import io.github.keyturn.SecretDocument;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of the {@link ToyServer}, logged in with a document if the server lets it. */
final class ToySession implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 3_000;

  private final Socket socket;
  private final BufferedReader in;
  private final boolean accepted;

  ToySession(SecretDocument login) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), login.port(0));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    String answer = ask("LOGIN " + login.text("account") + " " + login.text("password"));
    if (!answer.equals("OK") && !answer.equals("NO")) {
      throw new IOException("the server answered " + answer);
    }
    accepted = answer.equals("OK");
  }

  boolean accepted() {
    return accepted;
  }

  String ask(String command) throws IOException {
    socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
    String answer = in.readLine();
    if (answer == null) {
      throw new IOException("the server hung up");
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
