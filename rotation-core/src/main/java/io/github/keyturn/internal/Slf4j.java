package io.github.keyturn.internal;

/** SLF4J, through which drivers and the SDK log. */
public final class Slf4j {

  private static final String VERBOSITY = "slf4j.internal.verbosity";

  private Slf4j() {}

  /**
   * A function has no logging provider, and SLF4J would complain of it at each cold start. To be
   * called before anything logs.
   */
  public static void expectNoProvider() {
    if (System.getProperty(VERBOSITY) == null) {
      System.setProperty(VERBOSITY, "ERROR");
    }
  }
}
