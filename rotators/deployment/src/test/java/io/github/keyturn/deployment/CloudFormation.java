package io.github.keyturn.deployment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads CloudFormation's YAML, with functions in their long form: {@code !Ref x} is a map. */
final class CloudFormation extends SafeConstructor {

  private CloudFormation(LoaderOptions options) {
    super(options);
    yamlMultiConstructors.put(
        "!",
        new AbstractConstruct() {
          @Override
          public Object construct(Node node) {
            return function(node.getTag().getValue().substring(1), node);
          }
        });
  }

  static Map<String, Object> parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(new CloudFormation(options)).load(text);
  }

  private Map<String, Object> function(String name, Node node) {
    Object argument = argument(node);
    Map<String, Object> function = new LinkedHashMap<>();
    switch (name) {
      case "Ref", "Condition" -> function.put(name, argument);
      case "GetAtt" -> function.put("Fn::GetAtt", List.of(((String) argument).split("\\.", 2)));
      default -> function.put("Fn::" + name, argument);
    }
    return function;
  }

  private Object argument(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    return node instanceof SequenceNode sequence
        ? constructSequence(sequence)
        : constructMapping((MappingNode) node);
  }
}
