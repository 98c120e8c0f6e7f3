package io.github.keyturn.jdbc;

import java.util.Set;

/**
 * A kind of database.
 *
 * @param name its name in messages
 * @param names what a secret's field {@code engine} may say
 * @param defaultPort the port of a secret that names none
 * @param defaultDatabase the database of a secret that names none
 * @param longestUsername in bytes of UTF-8
 */
public record Engine(
    String name, Set<String> names, int defaultPort, String defaultDatabase, int longestUsername) {

  /** Keeps the names as they are now. */
  public Engine {
    names = Set.copyOf(names);
  }
}
