package io.github.keyturn.deployment;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A template of this repository, as it is. */
final class Template {

  static final Path HOME = Path.of("../..").toAbsolutePath().normalize();
  private static final Template TEMPLATE = of("template.yaml");

  private final Map<String, Object> content;

  private Template(Map<String, Object> content) {
    this.content = content;
  }

  /** That of all functions. */
  static Template get() {
    return TEMPLATE;
  }

  static Template of(String file) {
    try {
      return new Template(CloudFormation.parse(Files.readString(HOME.resolve(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A top-level section. */
  Map<String, Object> section(String name) {
    return map(content.get(name));
  }

  Map<String, Object> resource(String id) {
    Object resource = section("Resources").get(id);
    if (resource == null) {
      throw new AssertionError("the template has no resource " + id);
    }
    return map(resource);
  }

  Map<String, Object> properties(String id) {
    return map(resource(id).get("Properties"));
  }

  Stream<String> resourcesOfType(String type) {
    return section("Resources").keySet().stream()
        .filter(id -> type.equals(resource(id).get("Type")));
  }

  Stream<DeployedFunction> functions() {
    return resourcesOfType("AWS::Serverless::Function").map(this::function);
  }

  private DeployedFunction function(String id) {
    Map<String, Object> properties = properties(id);
    Map<String, Object> environment = map(map(properties.get("Environment")).get("Variables"));
    return new DeployedFunction(
        id,
        HOME.resolve((String) properties.get("CodeUri")),
        (String) properties.get("Handler"),
        environment);
  }

  /** The functions that rotate; the others watch. */
  Stream<DeployedFunction> rotators() {
    return functions().filter(function -> function.handler().endsWith("RotationHandler"));
  }

  /**
   * What a function's role allows: the actions, by the text of their resource. A policy that is
   * only there under a condition counts.
   */
  List<Statement> statements(String role) {
    List<Object> documents = new ArrayList<>();
    Walk.of(properties(role).get("Policies"))
        .maps()
        .filter(map -> map.containsKey("PolicyDocument"))
        .forEach(policy -> documents.add(policy.get("PolicyDocument")));
    Walk.of(properties(role).get("ManagedPolicyArns"))
        .maps()
        .filter(map -> map.containsKey("Ref"))
        .map(map -> (String) map.get("Ref"))
        .filter(id -> section("Resources").containsKey(id))
        .forEach(id -> documents.add(properties(id).get("PolicyDocument")));
    return documents.stream()
        .flatMap(document -> list(map(document).get("Statement")).stream())
        .map(statement -> Statement.of(map(statement)))
        .toList();
  }

  /** One statement of a policy. */
  record Statement(
      String id,
      String effect,
      Set<String> actions,
      Object resource,
      Map<String, Object> condition) {

    static Statement of(Map<String, Object> statement) {
      Object condition = statement.get("Condition");
      return new Statement(
          (String) statement.get("Sid"),
          (String) statement.get("Effect"),
          list(statement.get("Action")).stream()
              .map(String.class::cast)
              .collect(toCollection(LinkedHashSet::new)),
          statement.get("Resource"),
          condition == null ? Map.of() : map(condition));
    }

    boolean allows() {
      return effect.equals("Allow");
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object node) {
    if (!(node instanceof Map)) {
      throw new AssertionError("expected a map, but found " + node);
    }
    return (Map<String, Object>) node;
  }

  /** YAML allows a single text where a list is expected. */
  @SuppressWarnings("unchecked")
  static List<Object> list(Object node) {
    return node instanceof List ? (List<Object>) node : List.of(node);
  }

  static Map<String, Object> ref(String id) {
    Map<String, Object> ref = new LinkedHashMap<>();
    ref.put("Ref", id);
    return ref;
  }
}
