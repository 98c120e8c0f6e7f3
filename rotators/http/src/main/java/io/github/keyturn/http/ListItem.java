package io.github.keyturn.http;

import java.util.Optional;

/**
 * Where a list's entry says what.
 *
 * @param name empty when the provider's keys have no names
 * @param value where the provider shows the key's value
 */
record ListItem(JsonPointer id, Optional<JsonPointer> name, Optional<JsonPointer> value) {

  static ListItem parse(Node node) {
    node.only(Fields.ITEM);
    return new ListItem(
        node.get("id").pointer(),
        node.find("name").map(Node::pointer),
        node.find("value").map(Node::pointer));
  }
}
