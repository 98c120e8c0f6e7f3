package io.github.keyturn.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Properties;

/** What a run of the command in this process printed, and how it ended. */
record Cli(int exitCode, String out, String err) {

  /** The command points the SDK at an endpoint by system properties, which end with the run. */
  static Cli run(String... arguments) {
    Properties before = new Properties();
    before.putAll(System.getProperties());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try {
      int exitCode = Keyturn.run(new PrintWriter(out), new PrintWriter(err), arguments);
      return new Cli(exitCode, out.toString(), err.toString());
    } finally {
      System.setProperties(before);
    }
  }
}
