package io.github.keyturn.deployment;

import static io.github.keyturn.deployment.Template.list;
import static io.github.keyturn.deployment.Template.map;
import static io.github.keyturn.deployment.Template.ref;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.deployment.Template.Statement;
import io.github.keyturn.deployment.Walk.Reference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a linter would find in the template, and what it would not. */
class TemplateTest {

  private static final Template TEMPLATE = Template.get();

  static Stream<DeployedFunction> functions() {
    return TEMPLATE.functions();
  }

  static Stream<DeployedFunction> rotators() {
    return TEMPLATE.rotators();
  }

  @Test
  void everyReferenceHasATarget() {
    Set<String> known = new HashSet<>(TEMPLATE.section("Parameters").keySet());
    known.addAll(TEMPLATE.section("Resources").keySet());

    assertThat(references().map(Reference::id)).isNotEmpty().allMatch(known::contains);
    assertThat(conditions()).isNotEmpty().isSubsetOf(TEMPLATE.section("Conditions").keySet());
  }

  @Test
  void nothingIsDeclaredAndNotUsed() {
    assertThat(references().map(Reference::id).collect(Collectors.toSet()))
        .containsAll(TEMPLATE.section("Parameters").keySet());
    assertThat(conditions()).containsAll(TEMPLATE.section("Conditions").keySet());
  }

  @Test
  void parametersAndResourcesHaveNamesOfTheirOwn() {
    assertThat(TEMPLATE.section("Parameters").keySet())
        .doesNotContainAnyElementsOf(TEMPLATE.section("Resources").keySet());
    assertThat(TEMPLATE.section("Parameters").keySet())
        .allMatch(name -> name.matches("[A-Za-z0-9]{1,255}"));
  }

  /** The properties of the types are those of CloudFormation's and SAM's specifications. */
  @Test
  void everyResourceHasThePropertiesOfItsType() throws Exception {
    JsonNode types =
        new ObjectMapper().readTree(TemplateTest.class.getResourceAsStream("/resource-types.json"));
    TEMPLATE
        .section("Resources")
        .forEach(
            (id, resource) -> {
              JsonNode type = types.path((String) map(resource).get("Type"));
              Set<String> required = texts(type.path("required"));
              Set<String> known = new HashSet<>(required);
              known.addAll(texts(type.path("optional")));
              assertThat(known).as(id).isNotEmpty();
              assertThat(TEMPLATE.properties(id).keySet())
                  .as(id)
                  .isSubsetOf(known)
                  .containsAll(required);
            });
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new HashSet<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  @Test
  void everyParameterIsInAGroupOfTheConsole() {
    Map<String, Object> form =
        map(TEMPLATE.section("Metadata").get("AWS::CloudFormation::Interface"));
    List<Object> grouped =
        list(form.get("ParameterGroups")).stream()
            .flatMap(group -> list(map(group).get("Parameters")).stream())
            .toList();

    assertThat(grouped)
        .containsExactlyInAnyOrderElementsOf(TEMPLATE.section("Parameters").keySet());
  }

  @Test
  void everyDefaultIsAllowed() {
    TEMPLATE
        .section("Parameters")
        .forEach(
            (name, declaration) -> {
              Map<String, Object> parameter = map(declaration);
              Object fallback = parameter.get("Default");
              assertThat(fallback).as(name + " can be left out").isNotNull();
              if (parameter.containsKey("AllowedValues")) {
                assertThat(list(parameter.get("AllowedValues"))).as(name).contains(fallback);
              }
              if (parameter.containsKey("AllowedPattern")) {
                assertThat((String) fallback)
                    .as(name)
                    .matches((String) parameter.get("AllowedPattern"));
              }
            });
  }

  @Test
  void nothingRefersToWhatIsNotThere() {
    eachPart(
        (name, part) -> {
          Object condition = part.get("Condition");
          Walk.of(part)
              .references()
              .filter(reference -> TEMPLATE.section("Resources").containsKey(reference.id()))
              .forEach(
                  reference -> {
                    Object wanted = TEMPLATE.resource(reference.id()).get("Condition");
                    if (wanted != null) {
                      Set<String> holds = new HashSet<>(reference.holds());
                      if (condition != null) {
                        holds.add((String) condition);
                      }
                      assertThat(implied(holds))
                          .as("%s refers to %s", name, reference.id())
                          .contains((String) wanted);
                    }
                  });
        });
  }

  @Test
  void nothingDependsOnItself() {
    for (String start : TEMPLATE.section("Resources").keySet()) {
      Set<String> reached = new HashSet<>();
      Deque<String> next = new ArrayDeque<>(List.of(start));
      while (!next.isEmpty()) {
        Walk.of(TEMPLATE.resource(next.remove()))
            .references()
            .map(Reference::id)
            .filter(TEMPLATE.section("Resources")::containsKey)
            .filter(reached::add)
            .forEach(next::add);
      }
      assertThat(reached).as("what %s depends on", start).doesNotContain(start);
    }
  }

  @Test
  void allFunctionsShareTheirRuntimeAndNetwork() {
    assertThat(map(TEMPLATE.section("Globals").get("Function")))
        .containsEntry("Runtime", ref("Runtime"))
        .containsEntry("Architectures", List.of(ref("Architecture")))
        .containsKeys("MemorySize", "Timeout", "VpcConfig")
        .extractingByKey("LoggingConfig")
        .isEqualTo(
            Map.of(
                "LogFormat", ref("LogFormat"),
                "ApplicationLogLevel", ifJson(ref("LogLevel")),
                "SystemLogLevel", ifJson("INFO")));
  }

  private static Map<String, Object> ifJson(Object value) {
    return Map.of("Fn::If", List.of("LogsJson", value, ref("AWS::NoValue")));
  }

  /** Each zip holds the library for both processors, in the folders that these are. */
  @Test
  void namesTheLibraryOfTheProcessor() {
    Map<String, Object> environment =
        map(map(TEMPLATE.section("Globals").get("Function")).get("Environment"));

    assertThat(map(environment.get("Variables")).get("JAVA_TOOL_OPTIONS"))
        .isEqualTo(
            Map.of(
                "Fn::Sub",
                List.of(
                    "-XX:CompileThresholdScaling=4 -Djava.library.path=/var/task/linux/${Folder}/glibc --enable-native-access=ALL-UNNAMED",
                    Map.of("Folder", Map.of("Fn::If", List.of("OnArm", "armv8", "x86_64"))))));
    assertThat(TEMPLATE.section("Conditions").get("OnArm"))
        .isEqualTo(Map.of("Fn::Equals", List.of(ref("Architecture"), "arm64")));
  }

  @ParameterizedTest
  @MethodSource("rotators")
  void eachFunctionHasWhatItNeeds(DeployedFunction function) {
    String id = function.id();
    Map<String, Object> properties = TEMPLATE.properties(id);
    String on = "Has" + id;

    assertThat(TEMPLATE.resource(id)).containsEntry("Condition", on);
    assertThat(TEMPLATE.section("Conditions").get(on))
        .isEqualTo(Map.of("Fn::Equals", List.of(ref("Deploy" + id), "true")));
    assertThat(map(map(TEMPLATE.section("Parameters").get("Deploy" + id))))
        .containsEntry("Default", "false");
    assertThat(TEMPLATE.resource(id).get("Metadata")).isEqualTo(Map.of("SkipBuild", true));
    assertThat(properties)
        .containsEntry("FunctionName", Map.of("Fn::Sub", "${AWS::StackName}-" + id))
        .containsEntry("Role", Map.of("Fn::GetAtt", List.of(id + "Role", "Arn")))
        .containsEntry("LoggingConfig", Map.of("LogGroup", ref(id + "Log")))
        .containsKeys("SnapStart", "CodeSigningConfigArn", "AutoPublishAlias");

    assertThat(TEMPLATE.properties(id + "Log")).containsKey("RetentionInDays");
    assertThat(TEMPLATE.properties(id + "Role")).containsKey("PermissionsBoundary");
    assertThat(TEMPLATE.properties(id + "Permission"))
        .containsEntry("FunctionName", Map.of("Fn::GetAtt", List.of(id, "Arn")));
    assertThat(TEMPLATE.properties(id + "AliasPermission"))
        .containsEntry("FunctionName", ref(id + ".Alias"));
    for (String permission : List.of(id + "Permission", id + "AliasPermission")) {
      assertThat(TEMPLATE.properties(permission))
          .containsEntry("Principal", "secretsmanager.amazonaws.com")
          .containsEntry("Action", "lambda:InvokeFunction")
          .containsKey("SourceAccount");
    }
    assertThat(TEMPLATE.resource(id + "Schedule"))
        .containsEntry("DependsOn", List.of(id + "Permission", id + "AliasPermission"));
    assertThat(TEMPLATE.properties(id + "Errors"))
        .containsEntry("MetricName", "Errors")
        .containsEntry("Dimensions", List.of(Map.of("Name", "FunctionName", "Value", ref(id))))
        .containsKey("AlarmActions");
    assertThat(TEMPLATE.section("Outputs")).containsKeys(id + "Arn", id + "RoleArn", id + "Next");
  }

  @ParameterizedTest
  @MethodSource("rotators")
  void rightsOnSecretsAreBoundToTheFunctionThatTheyName(DeployedFunction function) {
    String arn =
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-"
            + function.id();
    List<Statement> writing =
        TEMPLATE.statements(function.id() + "Role").stream()
            .filter(statement -> statement.actions().contains("secretsmanager:PutSecretValue"))
            .toList();

    assertThat(writing).hasSize(1);
    assertThat(writing.get(0).resource()).isEqualTo(ref("SecretArnPattern"));
    assertThat(writing.get(0).condition())
        .isEqualTo(
            Map.of(
                "StringEquals",
                Map.of(
                    "secretsmanager:resource/AllowRotationLambdaArn",
                    List.of(Map.of("Fn::Sub", arn), Map.of("Fn::Sub", arn + ":live")))));
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noRightReachesFurtherThanItMust(DeployedFunction function) {
    for (Statement statement : TEMPLATE.statements(function.id() + "Role")) {
      assertThat(statement.actions()).noneMatch(action -> action.contains("*"));
      if (statement.allows() && "*".equals(statement.resource())) {
        assertThat(statement.actions())
            .as("actions that IAM can't bind to a resource")
            .allMatch(action -> action.startsWith("ec2:") || action.equals(LIST_SECRETS));
      }
      if (statement.actions().stream().anyMatch(action -> action.startsWith("kms:"))) {
        assertThat(statement.condition().toString())
            .contains("kms:ViaService", "kms:EncryptionContext:SecretARN");
      }
    }
  }

  private static final String LIST_SECRETS = "secretsmanager:ListSecrets";

  @Test
  void onlyStrategiesWithASuperuserMayReadOne() {
    Set<String> readers =
        rotators()
            .filter(
                function ->
                    TEMPLATE.statements(function.id() + "Role").stream()
                        .anyMatch(
                            statement ->
                                statement.resource().toString().contains("SuperuserSecrets")))
            .map(DeployedFunction::id)
            .collect(Collectors.toSet());

    assertThat(readers)
        .isEqualTo(
            rotators()
                .filter(function -> function.variables().containsKey("SUPERUSER_SECRET_ARN"))
                .map(DeployedFunction::id)
                .collect(Collectors.toSet()))
        .contains("PostgresAlternatingUsers")
        .doesNotContain("PostgresSingleUser");
  }

  @Test
  void theServerlessRepositoryFindsItsFiles() {
    Map<String, Object> application =
        map(TEMPLATE.section("Metadata").get("AWS::ServerlessRepo::Application"));

    assertThat(Template.HOME.resolve((String) application.get("LicenseUrl"))).isRegularFile();
    assertThat(Template.HOME.resolve((String) application.get("ReadmeUrl"))).isRegularFile();
    assertThat((String) application.get("SemanticVersion")).matches("\\d+\\.\\d+\\.\\d+");
  }

  private static Stream<Reference> references() {
    return Stream.of("Conditions", "Globals", "Resources", "Outputs", "Rules")
        .flatMap(section -> Walk.of(TEMPLATE.section(section)).references());
  }

  private static Set<String> conditions() {
    return Stream.of("Conditions", "Globals", "Resources", "Outputs")
        .flatMap(section -> Walk.of(TEMPLATE.section(section)).conditions())
        .collect(Collectors.toSet());
  }

  private interface Part {
    void look(String name, Map<String, Object> part);
  }

  private static void eachPart(Part look) {
    TEMPLATE.section("Resources").forEach((name, part) -> look.look(name, map(part)));
    TEMPLATE.section("Outputs").forEach((name, part) -> look.look(name, map(part)));
  }

  /** The conditions that are true if these are: an And says so of its parts. */
  private static Set<String> implied(Set<String> holds) {
    Set<String> all = new HashSet<>(holds);
    for (String condition : holds) {
      Map<String, Object> definition = map(TEMPLATE.section("Conditions").get(condition));
      if (definition.containsKey("Fn::And")) {
        Walk.of(definition).conditions().forEach(all::add);
      }
    }
    return all;
  }
}
