package io.github.keyturn.deployment;

import static io.github.keyturn.deployment.Template.list;
import static io.github.keyturn.deployment.Template.map;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.deployment.Template.Statement;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The policies of docs/operating.md, which people copy. */
class OperatingTest {

  private static final Pattern JSON = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
  private static final String WRITES = "secretsmanager:PutSecretValue";

  @Test
  void givesTheRoleTheSecretAndTheEndpointTheRightsOfTheTemplate() throws Exception {
    Set<String> rights =
        Template.get().statements("PostgresSingleUserRole").stream()
            .filter(statement -> statement.actions().contains(WRITES))
            .findFirst()
            .map(Statement::actions)
            .orElseThrow();

    List<Set<String>> documented =
        statements().stream()
            .map(statement -> texts(statement.path("Action")))
            .filter(actions -> actions.contains(WRITES))
            .toList();

    assertThat(documented).hasSize(3).allMatch(rights::equals);
  }

  @Test
  void everyStatementIsComplete() throws Exception {
    for (JsonNode statement : statements()) {
      assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
      assertThat(statement.path("Resource").asText()).isNotEmpty();
      Set<String> actions = texts(statement.path("Action"));
      assertThat(actions).isNotEmpty().noneMatch(action -> action.contains("*"));
      if (actions.stream().anyMatch(action -> action.startsWith("kms:"))) {
        assertThat(statement.path("Condition").toString()).contains("kms:ViaService");
      }
    }
  }

  /** An event that nobody has heard of raises no alarm. */
  @Test
  void explainsTheEventsThatRaiseTheAlarm() throws Exception {
    Object detail =
        map(Template.get().properties("RotationFailed").get("EventPattern")).get("detail");
    String text = Files.readString(Template.HOME.resolve("docs").resolve("operating.md"));

    assertThat(list(map(detail).get("eventName")))
        .hasSize(3)
        .allSatisfy(event -> assertThat(text).contains("(`" + event + "`)"));
  }

  private static List<JsonNode> statements() throws Exception {
    List<JsonNode> statements = new ArrayList<>();
    Matcher block =
        JSON.matcher(Files.readString(Template.HOME.resolve("docs").resolve("operating.md")));
    while (block.find()) {
      JsonNode policy = new ObjectMapper().readTree(block.group(1));
      if (policy.has("Statement")) {
        policy.path("Statement").forEach(statements::add);
      } else {
        statements.add(policy);
      }
    }
    assertThat(statements).hasSizeGreaterThan(8);
    return statements;
  }

  private static Set<String> texts(JsonNode node) {
    Set<String> texts = new HashSet<>();
    if (node.isTextual()) {
      texts.add(node.asText());
    }
    node.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
