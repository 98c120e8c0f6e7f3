package io.github.keyturn.testkit.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The servers that run on this machine: those that nobody has closed are closed with the JVM. */
final class OpenServers {

  private static final Set<Local> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(OpenServers::closeAll, "keyturn-servers"));
  }

  /** A server that runs on this machine. */
  interface Local {
    void close();
  }

  private OpenServers() {}

  static void add(Local server) {
    OPEN.add(server);
  }

  /** Whether the server was still open. */
  static boolean remove(Local server) {
    return OPEN.remove(server);
  }

  private static void closeAll() {
    Program.endAll();
    List.copyOf(OPEN).forEach(Local::close);
  }
}
