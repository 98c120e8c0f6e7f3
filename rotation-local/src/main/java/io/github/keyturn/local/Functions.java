package io.github.keyturn.local;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The rotation functions, by name or ARN. */
final class Functions {

  private static final String ARN_MARK = ":function:";

  private final Map<String, RotationFunction> functions = new ConcurrentHashMap<>();

  void register(String nameOrArn, RotationFunction function) {
    functions.put(nameOrArn, function);
  }

  Optional<RotationFunction> find(String nameOrArn) {
    return Optional.ofNullable(functions.get(nameOrArn))
        .or(() -> Optional.ofNullable(functions.get(name(nameOrArn))))
        .or(
            () ->
                functions.entrySet().stream()
                    .filter(known -> name(known.getKey()).equals(nameOrArn))
                    .map(Map.Entry::getValue)
                    .findFirst());
  }

  /** The name in an ARN, without the version or alias behind it. */
  private static String name(String nameOrArn) {
    int mark = nameOrArn.indexOf(ARN_MARK);
    if (mark < 0) {
      return nameOrArn;
    }
    String name = nameOrArn.substring(mark + ARN_MARK.length());
    int qualifier = name.indexOf(':');
    return qualifier < 0 ? name : name.substring(0, qualifier);
  }
}
