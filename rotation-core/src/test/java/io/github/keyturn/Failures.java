package io.github.keyturn;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What Lambda's log shows of a failure. */
final class Failures {

  private Failures() {}

  static String print(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
