package io.github.keyturn.http;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.internal.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a definition, and checks that it makes sense as a whole. */
final class DefinitionReader {

  private static final Duration STANDARD_TIMEOUT = Duration.ofSeconds(10);
  private static final int STANDARD_EXPIRY_DAYS = 90;
  private static final int LONGEST_EXPIRY_DAYS = 3650;
  private static final int LONGEST_GRACE_HOURS = 24 * 365;
  private static final int LONGEST_PROPAGATION = 600;
  private static final int MOST_KEYS = 100_000;

  private final String origin;
  private final RotationSettings environment;

  /**
   * @param origin the definition's name or file, for messages
   */
  DefinitionReader(String origin, RotationSettings environment) {
    this.origin = origin;
    this.environment = environment;
  }

  ProviderDefinition.Content read(String json) {
    Node root = new Node(origin, "", null);
    try {
      root = new Node(origin, "", Json.parseObject(json));
    } catch (Json.NotJsonException e) {
      throw root.wrong(e.problem() + e.place());
    }
    root.only(Fields.DEFINITION);
    Map<String, SettingDefinition> settingDefinitions = settingDefinitions(root);
    Map<String, Object> settings = settings(root, settingDefinitions);
    Map<String, Login> logins = logins(root, settings);
    Node secret = root.get("secret").only(Fields.SECRET);
    ProviderDefinition.Content content =
        new ProviderDefinition.Content(
            root.get("name").text(),
            texts(root, "comment"),
            texts(root, "documentation"),
            root.get("strategy").choice(Strategy.class),
            secret.get("value").text(),
            secret.find("id").map(Node::text),
            settingDefinitions,
            settings,
            operations(root, settings, logins),
            root.find("naming").map(Naming::parse).orElse(Naming.STANDARD),
            root.find("maxKeys").map(node -> node.integer(1, MOST_KEYS)),
            expiryDays(root),
            root.find("graceHours")
                .map(node -> Duration.ofHours(node.integer(1, LONGEST_GRACE_HOURS))),
            root.find("propagationSeconds")
                .map(node -> Duration.ofSeconds(node.integer(0, LONGEST_PROPAGATION)))
                .orElse(Duration.ZERO),
            root.find("errorCode").map(Node::pointer));
    new DefinitionRules(root, content).check();
    requireAllUsed(root, logins, content.operations());
    return content;
  }

  private static List<String> texts(Node root, String name) {
    return root.find(name)
        .map(node -> node.items().stream().map(Node::text).toList())
        .orElseGet(List::of);
  }

  private static Map<String, SettingDefinition> settingDefinitions(Node root) {
    Map<String, SettingDefinition> definitions = new LinkedHashMap<>();
    root.find("settings")
        .map(Node::fields)
        .orElseGet(Map::of)
        .forEach((name, node) -> definitions.put(name, SettingDefinition.parse(name, node)));
    return definitions;
  }

  private Map<String, Object> settings(Node root, Map<String, SettingDefinition> definitions) {
    Map<String, Object> settings = new LinkedHashMap<>();
    root.find("settings")
        .map(Node::fields)
        .orElseGet(Map::of)
        .forEach(
            (name, node) ->
                Optional.ofNullable(definitions.get(name))
                    .flatMap(definition -> definition.value(node, environment))
                    .ifPresent(value -> settings.put(name, value)));
    return settings;
  }

  private static Map<String, Login> logins(Node root, Map<String, Object> settings) {
    Map<String, Login> logins = new LinkedHashMap<>();
    root.find("logins")
        .map(Node::fields)
        .orElseGet(Map::of)
        .forEach((name, node) -> logins.put(name, Login.parse(node, settings)));
    return logins;
  }

  private static Map<String, Operation> operations(
      Node root, Map<String, Object> settings, Map<String, Login> logins) {
    Operation.Surroundings surroundings =
        new Operation.Surroundings(
            settings,
            logins,
            root.find("timeoutSeconds").map(Operation::timeout).orElse(STANDARD_TIMEOUT),
            root.find("retry").map(Retry::parse));
    Node node = root.get("operations").only(Fields.OPERATIONS);
    Map<String, Operation> operations = new LinkedHashMap<>();
    node.fields()
        .forEach((name, field) -> operations.put(name, Operation.parse(name, field, surroundings)));
    return operations;
  }

  private static void requireAllUsed(
      Node root, Map<String, Login> logins, Map<String, Operation> operations) {
    logins.forEach(
        (name, login) -> {
          if (operations.values().stream().noneMatch(o -> o.login().equals(Optional.of(login)))) {
            throw root.get("logins")
                .get(name)
                .wrong("is used by no operation; name it in an operation's 'login'");
          }
        });
  }

  private int expiryDays(Node root) {
    int days =
        root.find("expiryDays")
            .map(node -> node.integer(1, LONGEST_EXPIRY_DAYS))
            .orElse(STANDARD_EXPIRY_DAYS);
    return environment.integer(HttpKeySettings.EXPIRY_DAYS, days, 1, LONGEST_EXPIRY_DAYS);
  }

  static Set<String> required(Strategy strategy) {
    return switch (strategy) {
      case ISSUE -> Set.of("verify", "list", "create", "revoke");
      case CLIENT_CHOSEN, GRACE, SWAP -> Set.of("verify", "create");
      case TWO_SLOT -> Set.of("verify", "describe", "create", "promote", "revoke");
    };
  }
}
