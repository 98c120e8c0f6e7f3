package io.github.keyturn.deployment;

import java.util.HashMap;
import java.util.Map;

/** What a function's variables are if no parameter is given. */
final class Variables {

  private Variables() {}

  static Map<String, String> ofTemplate(DeployedFunction function) {
    Map<String, String> variables = new HashMap<>();
    function.variables().forEach((name, value) -> variables.put(name, value(value)));
    return variables;
  }

  private static String value(Object value) {
    return value instanceof Map
        ? String.valueOf(parameter((String) Template.map(value).get("Ref")).get("Default"))
        : String.valueOf(value);
  }

  private static Map<String, Object> parameter(String name) {
    return Template.map(Template.get().section("Parameters").get(name));
  }
}
