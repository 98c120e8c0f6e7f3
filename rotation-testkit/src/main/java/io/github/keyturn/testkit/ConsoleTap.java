package io.github.keyturn.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Listens to System.out and System.err, which in Lambda are the function's log, until closed. */
final class ConsoleTap implements AutoCloseable {

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  ConsoleTap() {
    System.setOut(listening(out));
    System.setErr(listening(err));
  }

  private PrintStream listening(PrintStream original) {
    OutputStream both =
        new OutputStream() {
          @Override
          public void write(int oneByte) {
            original.write(oneByte);
            heard.write(oneByte);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            original.write(bytes, offset, length);
            heard.write(bytes, offset, length);
          }

          @Override
          public void flush() {
            original.flush();
          }
        };
    return new PrintStream(both, true, StandardCharsets.UTF_8);
  }

  String text() {
    return heard.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
  }
}
