package io.github.keyturn.http;

import java.util.Optional;
import java.util.Set;

/** How the rest of a list is found. */
sealed interface Pagination {

  /** A value of the answer is sent as a parameter with the next request. */
  record Cursor(JsonPointer cursor, Optional<JsonPointer> goesOn, String parameter)
      implements Pagination {}

  /**
   * The answer has a link to the next page. Only its query is used: host and path stay the
   * operation's.
   *
   * @param pointer where the link is; empty for the header {@code Link}
   */
  record Link(Optional<JsonPointer> pointer) implements Pagination {}

  /** Pages have numbers, and the last one is not full. */
  record Page(String parameter, int first, int size) implements Pagination {}

  private static void refuse(Node node, String kind, String... others) {
    for (String other : others) {
      if (node.has(other)) {
        throw node.wrong("has '%s', which does not go with '%s'".formatted(other, kind));
      }
    }
  }

  static Pagination parse(Node node) {
    node.only(Fields.PAGINATION);
    String kind = node.oneOf(Set.of("cursor", "link", "page"));
    switch (kind) {
      case "cursor" -> {
        refuse(node, kind, "first", "size");
        return new Cursor(
            node.get("cursor").pointer(),
            node.find("while").map(Node::pointer),
            node.get("parameter").text());
      }
      case "link" -> {
        refuse(node, kind, "first", "size", "while", "parameter");
        Node link = node.get("link");
        return new Link(
            "header".equals(link.value()) ? Optional.empty() : Optional.of(link.pointer()));
      }
      default -> {
        refuse(node, kind, "while", "parameter");
        return new Page(
            node.get("page").text(),
            node.find("first").map(field -> field.integer(0, 1)).orElse(1),
            node.get("size").integer(1, 1000));
      }
    }
  }
}
