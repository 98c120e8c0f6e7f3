package io.github.keyturn.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes names and values into statements that take no parameters, such as ALTER ROLE. */
final class PostgresSql {

  /** The parameters whose value is a list of quoted names; extensions can't define such ones. */
  private static final Set<String> NAME_LISTS =
      Set.of(
          "local_preload_libraries",
          "search_path",
          "session_preload_libraries",
          "shared_preload_libraries",
          "temp_tablespaces",
          "unix_socket_directories");

  /** Those of them whose names are identifiers: where one is not quoted, the server folds it. */
  private static final Set<String> FOLDING_LISTS = Set.of("search_path", "temp_tablespaces");

  private PostgresSql() {}

  static String name(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** A literal that means the same whatever standard_conforming_strings says. */
  static String literal(String value) {
    String quoted = "'" + value.replace("'", "''") + "'";
    return value.indexOf('\\') < 0 ? quoted : " E" + quoted.replace("\\", "\\\\");
  }

  /** A stored value in the one form that equal values share. */
  static String canonical(String setting, String stored) {
    return isNameList(setting)
        ? names(setting, stored).stream().map(PostgresSql::name).collect(Collectors.joining(", "))
        : stored;
  }

  private static boolean isNameList(String setting) {
    return NAME_LISTS.contains(setting.toLowerCase(Locale.ROOT));
  }

  /**
   * The end of an ALTER ROLE that stores a setting as the server has stored it elsewhere. The value
   * is only written down, and never takes effect in the session that does so.
   */
  static String set(String setting, String stored) {
    String name =
        Stream.of(setting.split("\\.", -1)).map(PostgresSql::name).collect(Collectors.joining("."));
    String value =
        isNameList(setting)
            ? names(setting, stored).stream()
                .map(PostgresSql::literal)
                .collect(Collectors.joining(", "))
            : literal(stored);
    return "SET %s TO %s".formatted(name, value);
  }

  /**
   * Takes a stored list apart: names by commas, quoted where a name is not plain. An empty list and
   * one empty name are the same to the server.
   */
  private static List<String> names(String setting, String stored) {
    boolean folds = FOLDING_LISTS.contains(setting.toLowerCase(Locale.ROOT));
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    for (int i = 0; i < stored.length(); i++) {
      char character = stored.charAt(i);
      boolean doubled = quoted && character == '"' && stored.startsWith("\"\"", i);
      if (doubled) {
        name.append(character);
        i++;
      } else if (character == '"') {
        quoted = !quoted;
        wasQuoted = true;
      } else if (character == ',' && !quoted) {
        names.add(finished(name, wasQuoted || !folds));
        wasQuoted = false;
      } else if (quoted || !Character.isWhitespace(character)) {
        name.append(character);
      }
    }
    names.add(finished(name, wasQuoted || !folds));
    return names;
  }

  private static String finished(StringBuilder name, boolean asWritten) {
    String text = name.toString();
    name.setLength(0);
    return asWritten ? text : text.toLowerCase(Locale.ROOT);
  }
}
