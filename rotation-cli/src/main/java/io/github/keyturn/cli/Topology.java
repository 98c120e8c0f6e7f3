package io.github.keyturn.cli;

import java.util.Locale;

/** How many servers the demo of Redis starts, and what they are to each other. */
enum Topology {
  STANDALONE("one server"),
  REPLICA("a primary and its replica"),
  CLUSTER("a cluster of three");

  private final String description;

  Topology(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
