package io.github.keyturn.deployment;

import static io.github.keyturn.deployment.Template.map;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.deployment.Template.Statement;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The templates of one function each: the container image, and a rotator of one's own. */
class SmallTemplatesTest {

  private static final String IMAGE = "template-image.yaml";
  private static final String CUSTOM = "examples/custom-rotator/template.yaml";
  private static final String ROTATES = "RotateSecretsThatNameThisFunction";

  @ParameterizedTest
  @ValueSource(strings = {IMAGE, CUSTOM})
  void everyReferenceHasATargetAndEveryParameterIsUsed(String file) {
    Template template = Template.of(file);
    Set<String> known = new HashSet<>(template.section("Parameters").keySet());
    known.addAll(template.section("Resources").keySet());

    Set<String> references =
        Stream.of("Resources", "Outputs")
            .flatMap(section -> Walk.of(template.section(section)).references())
            .map(Walk.Reference::id)
            .collect(Collectors.toSet());

    assertThat(references).isSubsetOf(known).containsAll(template.section("Parameters").keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {IMAGE, CUSTOM})
  void everyResourceHasThePropertiesOfItsType(String file) throws Exception {
    Template template = Template.of(file);
    JsonNode types =
        new ObjectMapper()
            .readTree(SmallTemplatesTest.class.getResourceAsStream("/resource-types.json"));
    for (String id : template.section("Resources").keySet()) {
      JsonNode type = types.path((String) template.resource(id).get("Type"));
      Set<String> known = new HashSet<>();
      type.path("required").forEach(name -> known.add(name.asText()));
      assertThat(template.properties(id).keySet()).as(id).containsAll(known);
      type.path("optional").forEach(name -> known.add(name.asText()));
      assertThat(template.properties(id).keySet()).as(id).isSubsetOf(known);
    }
  }

  /**
   * The same actions as a function of the large template without a superuser, as narrowly bound.
   */
  @ParameterizedTest
  @CsvSource({IMAGE + ", Rotation, SecretArnPattern", CUSTOM + ", AcmeRotation, SecretArn"})
  void mayRotateSecretsThatNameItAndNothingElse(String file, String id, String secrets) {
    Template template = Template.of(file);
    List<Statement> statements =
        Stream.concat(
                Walk.of(template.properties(id).get("Policies")).maps(),
                template.section("Resources").containsKey(id + "Role")
                    ? Walk.of(template.properties(id + "Role").get("Policies")).maps()
                    : Stream.of())
            .filter(map -> map.containsKey("Effect"))
            .map(Statement::of)
            .filter(statement -> statement.actions().stream().noneMatch(a -> a.startsWith("logs:")))
            .toList();

    assertThat(statements).hasSize(1);
    assertThat(statements.get(0).actions()).isEqualTo(rotationRights());
    assertThat(statements.get(0).resource()).isEqualTo(Template.ref(secrets));
    assertThat(statements.get(0).condition())
        .isEqualTo(
            Map.of(
                "StringEquals",
                Map.of(
                    "secretsmanager:resource/AllowRotationLambdaArn",
                    Map.of(
                        "Fn::Sub",
                        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-"
                            + id))));
    assertThat(template.properties(id))
        .containsEntry("FunctionName", Map.of("Fn::Sub", "${AWS::StackName}-" + id));
    assertThat(template.properties(id + "Permission"))
        .containsEntry("Principal", "secretsmanager.amazonaws.com")
        .containsKey("SourceAccount");
  }

  private static Set<String> rotationRights() {
    return Template.get().statements("PostgresSingleUserRole").stream()
        .filter(statement -> statement.id().equals(ROTATES))
        .findFirst()
        .orElseThrow()
        .actions();
  }

  @Test
  void theImagesKeyNetworkAlarmAndScheduleAreThoseOfTheZips() {
    Template image = Template.of(IMAGE);
    Template zips = Template.get();

    assertThat(image.properties("SecretsKeyPolicy")).isEqualTo(zips.properties("SecretsKeyPolicy"));
    assertThat(image.statements("RotationRole"))
        .filteredOn(statement -> statement.id().equals("LetLambdaManageInterfaces"))
        .isEqualTo(
            zips.statements("PostgresSingleUserRole").stream()
                .filter(statement -> statement.id().equals("LetLambdaManageInterfaces"))
                .toList())
        .hasSize(1);
    assertThat(image.statements("RotationRole"))
        .filteredOn(statement -> !statement.allows())
        .singleElement()
        .satisfies(
            deny -> {
              assertThat(deny.actions()).allMatch(action -> action.startsWith("ec2:")).hasSize(6);
              assertThat(deny.condition().toString())
                  .contains("function:${AWS::StackName}-Rotation");
            });
    assertThat(image.properties("Rotation").get("VpcConfig"))
        .isEqualTo(map(zips.section("Globals").get("Function")).get("VpcConfig"));
    assertThat(image.resource("RotationSchedule"))
        .containsEntry("DependsOn", "RotationPermission")
        .containsEntry("Condition", "HasSchedule");
    assertThat(alarm(image, "RotationErrors"))
        .isEqualTo(alarm(zips, "PostgresSingleUserErrors"))
        .containsEntry("MetricName", "Errors");
  }

  /** Without what names function and topic. */
  private static Map<String, Object> alarm(Template template, String id) {
    Map<String, Object> alarm = new HashMap<>(template.properties(id));
    alarm.keySet().removeAll(Set.of("AlarmDescription", "Dimensions", "AlarmActions"));
    return alarm;
  }

  @Test
  void theImageIsMadeOfFilesAndSettingsThatExist() throws Exception {
    Template template = Template.of(IMAGE);
    Map<String, Object> metadata = map(template.resource("Rotation").get("Metadata"));
    Map<String, Object> arguments = map(metadata.get("DockerBuildArgs"));
    DeployedFunction function =
        Template.get()
            .rotators()
            .filter(one -> one.handler().equals(arguments.get("HANDLER")))
            .findFirst()
            .orElseThrow();
    String dockerfile =
        Files.readString(Template.HOME.resolve((String) metadata.get("Dockerfile")));

    assertThat(Template.HOME.resolve((String) arguments.get("ZIP"))).isEqualTo(function.zip());
    assertThat(Template.HOME.resolve((String) arguments.get("TRIAL"))).isRegularFile();
    arguments.forEach(
        (name, value) -> assertThat(dockerfile).contains("ARG %s=%s\n".formatted(name, value)));
    assertThat(function.variables().keySet())
        .containsAll(
            map(map(template.properties("Rotation").get("Environment")).get("Variables")).keySet());
  }

  /** What Docker may copy is what its build asks for. */
  @Test
  void theImagesBuildSeesItsFiles() throws Exception {
    List<String> seen =
        Files.readAllLines(Template.HOME.resolve(".dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();

    for (String file :
        List.of("Dockerfile", "bootstrap", "trials", "target/rotation-image.jar", "target/lib")) {
      assertThat(Template.HOME.resolve("rotation-image").resolve(file)).exists();
      assertThat(seen).contains("rotation-image/" + file);
    }
  }

  /** It gets as far as Acme, who does not answer. */
  @Test
  void theCustomRotatorRunsFromWhatIsUploaded() throws Exception {
    Template template = Template.of(CUSTOM);
    Path code =
        Template.HOME
            .resolve(CUSTOM)
            .resolveSibling((String) template.properties("AcmeRotation").get("CodeUri"));
    String handler = (String) template.properties("AcmeRotation").get("Handler");
    assertThat(ChildJvmFunction.handlers(code)).containsExactly(handler);
    try (LocalSecretsManager secrets = LocalSecretsManager.inMemory();
        LocalEndpoint endpoint = secrets.listen(0);
        ChildJvmFunction function =
            ChildJvmFunction.builder(code)
                .environment(Map.of("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString()))
                .build()) {
      String arn =
          secrets.createSecret(
              "acme", Secret.of("{\"url\": \"http://127.0.0.1:9\", \"apiKey\": \"first\"}"));

      Invocation created =
          function.call(HandlerFunction.event(Step.CREATE, arn, secrets.stage("acme")));

      assertThat(created.errorType()).hasValue("io.github.keyturn.RotationException");
      assertThat(created.errorMessage().orElseThrow()).contains("ConnectException");
    }
  }
}
