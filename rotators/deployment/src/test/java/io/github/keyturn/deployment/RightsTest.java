package io.github.keyturn.deployment;

import static io.github.keyturn.deployment.Template.list;
import static io.github.keyturn.deployment.Template.map;
import static io.github.keyturn.deployment.Template.ref;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.deployment.Template.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may do what, to the letter: a right that is new, wider or gone is written down here too, by
 * somebody who has thought about it. That the functions use these rights is shown by {@link
 * ZipRightsTest}.
 */
class RightsTest {

  private static final Template TEMPLATE = Template.get();
  private static final String FUNCTIONS =
      "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-";
  private static final Object NONE = ref("AWS::NoValue");
  private static final Object KEY_POLICY = ifElse("HasKmsKey", ref("SecretsKeyPolicy"), NONE);
  private static final Object NETWORK_POLICY = ifElse("InVpc", ref("NetworkPolicy"), NONE);
  private static final Set<String> RDS_ENGINES = Set.of("Postgres", "Mysql");
  private static final Object THROUGH_SECRETS_MANAGER =
      Map.of("kms:ViaService", sub("secretsmanager.${AWS::Region}.${AWS::URLSuffix}"));

  static Stream<DeployedFunction> functions() {
    return TEMPLATE.functions();
  }

  static Stream<DeployedFunction> rotators() {
    return TEMPLATE.rotators();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void noRoleHasOtherRights(DeployedFunction function) {
    List<Statement> expected = new ArrayList<>();
    Set<String> conditions = new HashSet<>(Set.of("HasBoundary", "InVpc"));
    expected.add(
        allow(
            "WriteItsOwnLog",
            Set.of("logs:CreateLogStream", "logs:PutLogEvents"),
            Map.of("Fn::GetAtt", List.of(function.id() + "Log", "Arn")),
            Map.of()));
    expected.addAll(network());
    if (rotates(function)) {
      expected.add(rotation(function.id()));
      expected.add(key());
      conditions.add("HasKmsKey");
    } else {
      expected.add(allow("ListSecrets", Set.of("secretsmanager:ListSecrets"), "*", Map.of()));
    }
    if (function.variables().containsKey("SUPERUSER_SECRET_ARN")) {
      String engine = engine(function);
      expected.addAll(superuser(engine));
      conditions.add("Has" + engine + "SuperuserKmsKey");
      if (!function.id().endsWith("AlternatingUsers")) {
        conditions.add("Has" + engine + "Superusers");
      }
      if (RDS_ENGINES.contains(engine)) {
        expected.addAll(managedByRds(engine));
        conditions.add("AsksRdsFor" + engine);
      }
    }
    String role = function.id() + "Role";

    assertThat(TEMPLATE.statements(role)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(Walk.of(TEMPLATE.properties(role)).conditions().collect(Collectors.toSet()))
        .isEqualTo(conditions);
    assertThat(list(TEMPLATE.properties(role).get("ManagedPolicyArns")))
        .isEqualTo(
            rotates(function) ? List.of(KEY_POLICY, NETWORK_POLICY) : List.of(NETWORK_POLICY));
  }

  private static boolean rotates(DeployedFunction function) {
    return TEMPLATE.rotators().anyMatch(function::equals);
  }

  private static Statement rotation(String id) {
    return allow(
        "RotateSecretsThatNameThisFunction",
        Set.of(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:ListSecretVersionIds",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage"),
        ref("SecretArnPattern"),
        Map.of(
            "StringEquals",
            Map.of(
                "secretsmanager:resource/AllowRotationLambdaArn",
                List.of(sub(FUNCTIONS + id), sub(FUNCTIONS + id + ":live")))));
  }

  private static Statement key() {
    return allow(
        "UseTheKeyOfTheSecrets",
        Set.of("kms:Decrypt", "kms:GenerateDataKey"),
        ref("KmsKeyArn"),
        only("SecretArnPattern"));
  }

  private static List<Statement> superuser(String engine) {
    String secrets = engine + "SuperuserSecrets";
    return List.of(
        allow("ReadTheSuperuser", Set.of("secretsmanager:GetSecretValue"), ref(secrets), Map.of()),
        allow(
            "DecryptTheSuperuser",
            Set.of("kms:Decrypt"),
            ref(engine + "SuperuserKmsKeyArn"),
            only(secrets)));
  }

  /** A key may be used through Secrets Manager, for secrets that this parameter names. */
  private static Map<String, Object> only(String secrets) {
    return Map.of(
        "StringEquals",
        THROUGH_SECRETS_MANAGER,
        "StringLike",
        Map.of("kms:EncryptionContext:SecretARN", ref(secrets)));
  }

  private static List<Statement> managedByRds(String engine) {
    String databases = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:";
    return List.of(
        allow(
            "ReadTheTagsThatNameTheDatabase",
            Set.of("secretsmanager:DescribeSecret"),
            ref(engine + "SuperuserSecrets"),
            Map.of()),
        allow(
            "FindTheDatabase",
            Set.of("rds:DescribeDBInstances", "rds:DescribeDBClusters"),
            List.of(sub(databases + "db:*"), sub(databases + "cluster:*")),
            Map.of()));
  }

  /** Lambda needs them as the function's role; the function itself does not. */
  private static List<Statement> network() {
    Set<String> actions =
        Set.of(
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses");
    return List.of(
        allow("LetLambdaManageInterfaces", actions, "*", Map.of()),
        new Statement(
            "ButNotTheFunctionsThemselves",
            "Deny",
            actions,
            "*",
            Map.of("ArnLike", Map.of("lambda:SourceFunctionArn", sub(FUNCTIONS + "*")))));
  }

  @Test
  void nobodyButLambdaTakesARole() {
    Set<String> roles = new HashSet<>();
    TEMPLATE
        .resourcesOfType("AWS::IAM::Role")
        .forEach(
            id -> {
              roles.add(id);
              assertThat(TEMPLATE.properties(id).get("AssumeRolePolicyDocument"))
                  .as(id)
                  .isEqualTo(
                      Map.of(
                          "Version",
                          "2012-10-17",
                          "Statement",
                          List.of(
                              Map.of(
                                  "Effect", "Allow",
                                  "Principal", Map.of("Service", "lambda.amazonaws.com"),
                                  "Action", "sts:AssumeRole"))));
              assertThat(TEMPLATE.properties(id).get("PermissionsBoundary"))
                  .as(id)
                  .isEqualTo(ifElse("HasBoundary", ref("PermissionsBoundaryArn"), NONE));
            });
    assertThat(roles).hasSameSizeAs(functions().toList());
  }

  @Test
  void nobodyButSecretsManagerAndTheWatchsScheduleInvokes() {
    Map<String, Object> account =
        ifElse("HasSecretsAccount", ref("SecretsAccountId"), ref("AWS::AccountId"));
    List<Object> expected = new ArrayList<>();
    rotators()
        .map(DeployedFunction::id)
        .forEach(
            id -> {
              for (Object function : List.of(arn(id), ref(id + ".Alias"))) {
                expected.add(
                    Map.of(
                        "Action",
                        "lambda:InvokeFunction",
                        "FunctionName",
                        function,
                        "Principal",
                        "secretsmanager.amazonaws.com",
                        "SourceAccount",
                        account));
              }
            });
    expected.add(
        Map.of(
            "Action",
            "lambda:InvokeFunction",
            "FunctionName",
            arn("RotationWatch"),
            "Principal",
            "events.amazonaws.com",
            "SourceArn",
            arn("RotationWatchSchedule")));

    assertThat(TEMPLATE.resourcesOfType("AWS::Lambda::Permission").map(TEMPLATE::properties))
        .containsExactlyInAnyOrderElementsOf(expected.stream().map(Template::map).toList());
  }

  @Test
  void nobodyButCloudWatchAndEventBridgePublishes() {
    Map<String, Object> policy = map(TEMPLATE.properties("AlarmTopicPolicy").get("PolicyDocument"));

    assertThat(policy.get("Statement"))
        .isEqualTo(
            List.of(
                Map.of(
                    "Sid",
                    "Alarms",
                    "Effect",
                    "Allow",
                    "Principal",
                    Map.of("Service", "cloudwatch.amazonaws.com"),
                    "Action",
                    "sns:Publish",
                    "Resource",
                    ref("AlarmTopic"),
                    "Condition",
                    Map.of("StringEquals", Map.of("aws:SourceAccount", ref("AWS::AccountId")))),
                Map.of(
                    "Sid", "Events",
                    "Effect", "Allow",
                    "Principal", Map.of("Service", "events.amazonaws.com"),
                    "Action", "sns:Publish",
                    "Resource", ref("AlarmTopic"))));
  }

  /** The superuser of an engine is that of the functions in the engine's zip. */
  static String engine(DeployedFunction function) {
    String zip = function.zip().getFileName().toString();
    return Character.toUpperCase(zip.charAt(0)) + zip.substring(1, zip.indexOf('-'));
  }

  private static Statement allow(
      String id, Set<String> actions, Object resource, Map<String, Object> condition) {
    return new Statement(id, "Allow", actions, resource, condition);
  }

  private static Map<String, Object> arn(String id) {
    return Map.of("Fn::GetAtt", List.of(id, "Arn"));
  }

  private static Map<String, Object> sub(String text) {
    return Map.of("Fn::Sub", text);
  }

  private static Map<String, Object> ifElse(String condition, Object yes, Object no) {
    return Map.of("Fn::If", List.of(condition, yes, no));
  }
}
