package io.github.keyturn.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * A kind of database.
 *
 * @param name its name in messages
 * @param names what a secret's field {@code engine} may say
 * @param defaultPort the port of a secret that names none
 * @param defaultDatabase the database of a secret that names none
 * @param longestUsername in this engine's unit
 * @param unit what this engine counts in a username
 */
public record Engine(
    String name,
    Set<String> names,
    int defaultPort,
    String defaultDatabase,
    int longestUsername,
    Unit unit) {

  /** What the length of a username is counted in. */
  public enum Unit {
    /** In UTF-8. */
    BYTES {
      @Override
      int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
      }
    },
    /** Of Unicode. */
    CHARACTERS {
      @Override
      int length(String text) {
        return text.codePointCount(0, text.length());
      }
    };

    abstract int length(String text);

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Keeps the names as they are now. */
  public Engine {
    names = Set.copyOf(names);
  }

  int length(String username) {
    return unit.length(username);
  }
}
