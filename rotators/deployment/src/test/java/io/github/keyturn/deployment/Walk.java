package io.github.keyturn.deployment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A walk through a part of the template. */
final class Walk {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^!}]+)}");

  /**
   * What a place of the template refers to.
   *
   * @param id of a parameter or a resource
   * @param holds the conditions that are true where it stands
   */
  record Reference(String id, Set<String> holds) {}

  private final List<Map<String, Object>> maps = new ArrayList<>();
  private final List<Reference> references = new ArrayList<>();
  private final List<String> conditions = new ArrayList<>();

  private Walk() {}

  static Walk of(@Nullable Object node) {
    Walk walk = new Walk();
    walk.visit(node, Set.of());
    return walk;
  }

  Stream<Map<String, Object>> maps() {
    return maps.stream();
  }

  Stream<Reference> references() {
    return references.stream();
  }

  /** The names of the conditions that are asked for. */
  Stream<String> conditions() {
    return conditions.stream();
  }

  private void visit(@Nullable Object node, Set<String> holds) {
    if (node instanceof List<?> list) {
      list.forEach(element -> visit(element, holds));
    } else if (node instanceof Map<?, ?>) {
      Map<String, Object> map = Template.map(node);
      maps.add(map);
      map.forEach((key, value) -> visit(key, value, holds));
    }
  }

  private void visit(String key, Object value, Set<String> holds) {
    switch (key) {
      case "Ref" -> refer((String) value, holds);
      case "Fn::GetAtt" -> refer((String) Template.list(value).get(0), holds);
      case "Fn::Sub" -> substitute(value, holds);
      case "DependsOn" -> Template.list(value).forEach(id -> refer((String) id, holds));
      case "Fn::If" -> choose(Template.list(value), holds);
      case "Condition" -> {
        if (value instanceof String name) {
          conditions.add(name);
        } else {
          visit(value, holds);
        }
      }
      default -> visit(value, holds);
    }
  }

  private void choose(List<Object> choice, Set<String> holds) {
    String condition = (String) choice.get(0);
    conditions.add(condition);
    Set<String> more = new HashSet<>(holds);
    more.add(condition);
    visit(choice.get(1), more);
    visit(choice.get(2), holds);
  }

  private void substitute(Object value, Set<String> holds) {
    List<Object> arguments = Template.list(value);
    Set<String> own = arguments.size() > 1 ? Template.map(arguments.get(1)).keySet() : Set.of();
    Matcher variable = VARIABLE.matcher((String) arguments.get(0));
    while (variable.find()) {
      if (!own.contains(variable.group(1))) {
        refer(variable.group(1), holds);
      }
    }
    visit(arguments.subList(1, arguments.size()), holds);
  }

  /** A name may be followed by an attribute; AWS:: is CloudFormation's own. */
  private void refer(String id, Set<String> holds) {
    if (!id.startsWith("AWS::")) {
      int dot = id.indexOf('.');
      references.add(new Reference(dot < 0 ? id : id.substring(0, dot), holds));
    }
  }
}
