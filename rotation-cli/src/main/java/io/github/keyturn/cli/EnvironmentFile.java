package io.github.keyturn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The variables of functions, in the form of SAM's {@code --env-vars}: {@code Parameters} are
 * everybody's, an object under a function's name is its own and wins.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-invoke.html#serverless-sam-cli-using-invoke-environment-file">Environment
 *     variable file</a>
 */
record EnvironmentFile(Path file, JsonNode content) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVERYBODY = "Parameters";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
  private static final String FORM =
      "it must be JSON like {\"Parameters\": {\"TLS_CA_BUNDLE\": \"ca.pem\"}}";

  static EnvironmentFile read(Path file) {
    try {
      JsonNode content = JSON.readTree(Files.readAllBytes(file));
      // a file that names variables without a function would be taken as one without any
      if (!content.isObject() || !content.valueStream().allMatch(JsonNode::isObject)) {
        throw wrong(file, FORM);
      }
      return new EnvironmentFile(file, content);
    } catch (JsonProcessingException e) {
      throw wrong(file, FORM);
    } catch (IOException e) {
      throw CommandException.usage(
          "The file %s can't be read: %s".formatted(file, Failures.message(e)));
    }
  }

  /** Those of a function; a file that has none for it is a slip, and would go unnoticed. */
  Map<String, String> of(String function) {
    if (!content.has(EVERYBODY) && !content.has(function)) {
      throw CommandException.usage(
          "%s has no variables for the function %s: it must have %s or %s, but has %s."
              .formatted(file, function, EVERYBODY, function, names()));
    }
    Map<String, String> variables = new LinkedHashMap<>(group(EVERYBODY));
    variables.putAll(group(function));
    return variables;
  }

  private Map<String, String> group(String name) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> variable : content.path(name).properties()) {
      if (!variable.getValue().isValueNode()) {
        throw wrong(file, "%s of %s must be a text".formatted(variable.getKey(), name));
      }
      // SAM gives an empty one for null
      String value = variable.getValue().isNull() ? "" : variable.getValue().asText();
      if (!NAME.matcher(variable.getKey()).matches() || value.indexOf('\0') >= 0) {
        // in our words: the JDK's quote the value
        throw wrong(file, "'%s' of %s can't be set".formatted(variable.getKey(), name));
      }
      variables.put(variable.getKey(), value);
    }
    return variables;
  }

  private List<String> names() {
    return content.propertyStream().map(Map.Entry::getKey).toList();
  }

  private static CommandException wrong(Path file, String what) {
    return CommandException.usage("%s holds no environment variables: %s.".formatted(file, what));
  }
}
