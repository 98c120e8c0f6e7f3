package io.github.keyturn.deployment;

import java.nio.file.Path;
import java.util.Map;

/** A function as the template has it. */
record DeployedFunction(String id, Path zip, String handler, Map<String, Object> variables) {

  @Override
  public String toString() {
    return id;
  }
}
