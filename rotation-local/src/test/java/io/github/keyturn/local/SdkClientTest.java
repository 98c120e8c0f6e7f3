package io.github.keyturn.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.GetRandomPasswordRequest;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.LimitExceededException;
import software.amazon.awssdk.services.secretsmanager.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.secretsmanager.model.PublicPolicyException;
import software.amazon.awssdk.services.secretsmanager.model.PutSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SecretVersionsListEntry;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/** The model over HTTP, as the SDK's client for Java sees it. */
class SdkClientTest {

  private static final String NAME = "app/db";
  private static final Instant START = Instant.parse("2026-05-04T12:00:00Z");

  private final MovableClock clock = new MovableClock();
  private LocalSecretsManager secretsManager;
  private SecretsManagerClient client;

  @BeforeEach
  void start() throws Exception {
    secretsManager = LocalSecretsManager.builder().region("eu-west-1").clock(clock).open();
    client =
        SecretsManagerClient.builder()
            .endpointOverride(secretsManager.listen(0).url())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .build();
    client.createSecret(r -> r.name(NAME).secretString("v1").clientRequestToken(token(1)));
  }

  @AfterEach
  void stop() {
    client.close();
    secretsManager.close();
  }

  // Values

  @Test
  void createsASecretThatIsFoundByNameArnAndArnWithoutItsEnd() {
    String arn = describe().arn();

    assertThat(arn)
        .matches("arn:aws:secretsmanager:eu-west-1:\\d{12}:secret:app/db-[A-Za-z0-9]{6}");
    String withoutEnd = arn.substring(0, arn.length() - 7);
    for (String id : List.of(NAME, arn, withoutEnd)) {
      assertThat(client.getSecretValue(r -> r.secretId(id)).secretString()).isEqualTo("v1");
    }
  }

  @Test
  void refusesBadAndTakenNames() {
    assertRefused(
        "ValidationException",
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the"
            + " following: -/_+=.@!",
        () -> client.createSecret(r -> r.name("a b").secretString("v")));
    assertThatThrownBy(() -> client.createSecret(r -> r.name(NAME).secretString("v")))
        .isInstanceOf(ResourceExistsException.class)
        .hasMessageContaining("The operation failed because the secret app/db already exists.");
  }

  @Test
  void takesTheSameTokenAgainOnlyForTheSameValue() {
    String taken =
        "You can't use ClientRequestToken %s because that value is already in use for a version of secret %s."
            .formatted(token(1), describe().arn());

    client.createSecret(r -> r.name(NAME).secretString("v1").clientRequestToken(token(1)));
    client.putSecretValue(r -> r.secretId(NAME).secretString("v1").clientRequestToken(token(1)));
    client.updateSecret(r -> r.secretId(NAME).secretString("v1").clientRequestToken(token(1)));
    assertRefused(
        "ResourceExistsException",
        taken,
        () ->
            client.createSecret(r -> r.name(NAME).secretString("v2").clientRequestToken(token(1))));
    assertRefused("ResourceExistsException", taken, () -> put("v2", token(1)));
    assertRefused(
        "ResourceExistsException",
        taken,
        () ->
            client.updateSecret(
                r -> r.secretId(NAME).secretString("v2").clientRequestToken(token(1))));
    assertThat(current()).isEqualTo("v1");
  }

  @Test
  void keepsBinaryValues() {
    SdkBytes bytes = SdkBytes.fromByteArray(new byte[] {0, 1, (byte) 200});
    client.putSecretValue(r -> r.secretId(NAME).secretBinary(bytes));

    assertThat(client.getSecretValue(r -> r.secretId(NAME)).secretBinary()).isEqualTo(bytes);
  }

  @Test
  void limitsTheSizeOfAValueInBytes() {
    put("ä".repeat(32768), token(2));

    assertThatThrownBy(() -> put("ä".repeat(32768) + "x", token(3)))
        .isInstanceOf(AwsServiceException.class)
        .hasMessageContaining("less than or equal to 65536")
        .hasMessageNotContaining("ä");
    assertThatThrownBy(() -> put("", token(4))).hasMessageContaining("greater than or equal to 1");
  }

  @Test
  void tellsWhatItCannotFind() {
    assertRefused(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
        () -> client.getSecretValue(r -> r.secretId(NAME).versionStage("AWSPREVIOUS")));
    assertRefused(
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
        () ->
            client.getSecretValue(
                r -> r.secretId(NAME).versionId(token(1)).versionStage("AWSPENDING")));
    assertThatThrownBy(() -> client.getSecretValue(r -> r.secretId("missing")))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void readsManySecretsAtOnce() {
    client.createSecret(r -> r.name("empty"));

    BatchGetSecretValueResponse batch =
        client.batchGetSecretValue(r -> r.secretIdList(NAME, "empty", "missing"));

    assertThat(batch.secretValues()).hasSize(1);
    assertThat(batch.secretValues().get(0).secretString()).isEqualTo("v1");
    assertThat(batch.errors())
        .extracting(error -> error.secretId() + " " + error.errorCode())
        .containsExactly("empty ResourceNotFoundException", "missing ResourceNotFoundException");
  }

  // Labels

  @Test
  void movesAwsPreviousToTheVersionThatAwscurrentLeft() {
    put("v2", token(2));
    put("v3", token(3));

    assertThat(labels())
        .isEqualTo(Map.of(token(3), List.of("AWSCURRENT"), token(2), List.of("AWSPREVIOUS")));
  }

  @Test
  void leavesAwspendingOnTheFinishedVersion() {
    put("v2", token(2), "AWSPENDING");
    move("AWSCURRENT", token(1), token(2));

    assertThat(labels())
        .isEqualTo(
            Map.of(
                token(2), List.of("AWSCURRENT", "AWSPENDING"), token(1), List.of("AWSPREVIOUS")));
  }

  @Test
  void dropsAwspendingWhenTheVersionThatHasItIsReplaced() {
    put("v2", token(2), "AWSPENDING");
    move("AWSCURRENT", token(1), token(2));
    put("v3", token(3));

    assertThat(labels())
        .isEqualTo(Map.of(token(3), List.of("AWSCURRENT"), token(2), List.of("AWSPREVIOUS")));
  }

  @Test
  void movesAwspendingWithoutAWord() {
    put("v2", token(2), "AWSPENDING");
    put("v3", token(3), "AWSPENDING");

    assertThat(labels()).containsEntry(token(3), List.of("AWSPENDING")).doesNotContainKey(token(2));
  }

  @Test
  void movesALabelOnlyFromTheVersionThatTheCallerNames() {
    put("v2", token(2), "AWSPENDING");

    assertRefused(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version %s, so you must explicitly reference that version in RemoveFromVersionId."
            .formatted(token(1)),
        () -> move("AWSCURRENT", null, token(2)));
    assertThatThrownBy(() -> move("AWSCURRENT", token(2), token(2)))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> move("AWSCURRENT", token(9), token(2)))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> move("AWSCURRENT", token(1), token(9)))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThat(current()).isEqualTo("v1");
  }

  @Test
  void removesALabelButNeverAwscurrent() {
    put("v2", token(2), "AWSPENDING");

    move("AWSPENDING", token(2), null);

    assertThat(labels()).doesNotContainKey(token(2));
    assertThatThrownBy(() -> move("AWSCURRENT", token(1), null))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void limitsTheLabelsOfAVersion() {
    String[] most = labels(20);
    put("v2", token(2), most);

    assertThatThrownBy(() -> move("one-more", null, token(2)))
        .isInstanceOf(LimitExceededException.class);
    assertThatThrownBy(() -> put("v3", token(3), labels(21)))
        .isInstanceOf(AwsServiceException.class);
    assertThat(labels().get(token(2))).hasSize(20);
  }

  @Test
  void hidesVersionsWithoutLabelsUnlessAsked() {
    put("v2", token(2));
    put("v3", token(3));

    assertThat(client.listSecretVersionIds(r -> r.secretId(NAME)).versions())
        .extracting(SecretVersionsListEntry::versionId)
        .containsExactly(token(3), token(2));
    SecretVersionsListEntry deprecated =
        client
            .listSecretVersionIds(r -> r.secretId(NAME).includeDeprecated(true))
            .versions()
            .stream()
            .filter(version -> version.versionId().equals(token(1)))
            .findFirst()
            .orElseThrow();
    assertThat(deprecated.hasVersionStages()).isFalse();
    assertThat(deprecated.createdDate()).isEqualTo(START);
  }

  @Test
  void dropsOldVersionsPastAHundredButNoYoungOne() {
    IntStream.range(2, 123).forEach(i -> put("v" + i, token(i)));
    assertThat(versions()).hasSize(122);

    clock.advance(Duration.ofHours(25));
    put("last", token(123));

    assertThat(versions()).hasSize(100).contains(token(123), token(122)).doesNotContain(token(1));
  }

  // Life and death

  @Test
  void keepsADeletedSecretForItsRecoveryWindow() {
    Instant due =
        client.deleteSecret(r -> r.secretId(NAME).recoveryWindowInDays(7L)).deletionDate();

    assertThat(due).isEqualTo(START.plus(Duration.ofDays(7)));
    assertThat(describe().deletedDate()).isEqualTo(START);
    assertRefused(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
        this::current);
    assertThatThrownBy(() -> put("v2", token(2))).isInstanceOf(InvalidRequestException.class);
    assertRefused(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for"
            + " deletion.",
        () -> client.createSecret(r -> r.name(NAME)));

    client.restoreSecret(r -> r.secretId(NAME));
    assertThat(current()).isEqualTo("v1");
  }

  @Test
  void forgetsASecretAfterItsRecoveryWindow() {
    client.deleteSecret(r -> r.secretId(NAME).recoveryWindowInDays(7L));
    clock.advance(Duration.ofDays(8));

    assertThatThrownBy(this::describe).isInstanceOf(ResourceNotFoundException.class);
    client.createSecret(r -> r.name(NAME).secretString("again"));
    assertThat(current()).isEqualTo("again");
  }

  @Test
  void deletesAtOnceWhenForced() {
    client.deleteSecret(r -> r.secretId(NAME).forceDeleteWithoutRecovery(true));
    client.deleteSecret(r -> r.secretId(NAME).forceDeleteWithoutRecovery(true));

    assertThatThrownBy(this::describe).isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void refusesRecoveryWindowsOutsideOfAWeekToAMonth() {
    for (long days : new long[] {0, 6, 31}) {
      assertThatThrownBy(
              () -> client.deleteSecret(r -> r.secretId(NAME).recoveryWindowInDays(days)))
          .isInstanceOf(InvalidParameterException.class);
    }
    assertThatThrownBy(
            () ->
                client.deleteSecret(
                    r ->
                        r.secretId(NAME).recoveryWindowInDays(7L).forceDeleteWithoutRecovery(true)))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void changesWhatDescribesASecret() {
    client.updateSecret(r -> r.secretId(NAME).description("the database").kmsKeyId("alias/app"));

    assertThat(describe().description()).isEqualTo("the database");
    assertThat(describe().kmsKeyId()).isEqualTo("alias/app");
    assertThat(describe().rotationEnabled()).isNull();
    assertThat(current()).isEqualTo("v1");
  }

  @Test
  void showsAnEmptyListAfterTheLastTagWasRemoved() {
    assertThat(describe().hasTags()).isFalse();

    client.tagResource(r -> r.secretId(NAME).tags(tag("team", "blue"), tag("tier", "1")));
    assertThat(describe().tags()).containsExactly(tag("team", "blue"), tag("tier", "1"));

    client.untagResource(r -> r.secretId(NAME).tagKeys("team", "tier", "unknown"));
    assertThat(describe().hasTags()).isTrue();
    assertThat(describe().tags()).isEmpty();
  }

  @Test
  void refusesToChangeWhatAServiceManages() {
    secretsManager.manageBy(NAME, "rds");

    assertThatThrownBy(() -> put("v2", token(2))).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> client.deleteSecret(r -> r.secretId(NAME)))
        .isInstanceOf(InvalidRequestException.class);
  }

  // Lists

  @Test
  void listsPageByPage() {
    IntStream.range(0, 5).forEach(i -> client.createSecret(r -> r.name("s" + i)));

    List<String> names =
        client.listSecretsPaginator(r -> r.maxResults(2).sortBy("name")).stream()
            .flatMap(page -> page.secretList().stream())
            .map(SecretListEntry::name)
            .toList();

    assertThat(names).containsExactly(NAME, "s0", "s1", "s2", "s3", "s4");
    assertRefused(
        "InvalidNextTokenException",
        "The NextToken value is invalid.",
        () -> client.listSecrets(r -> r.nextToken("invented")));
  }

  @Test
  void filtersByNameTagDescriptionAndTheirOpposites() {
    client.createSecret(
        r -> r.name("web/key").description("Key of the shop").tags(tag("team", "blue")));

    assertThat(names("name", "web")).containsExactly("web/key");
    assertThat(names("name", "!web")).containsExactly(NAME);
    assertThat(names("name", "web", "app")).containsExactly(NAME, "web/key");
    assertThat(names("tag-key", "team")).containsExactly("web/key");
    assertThat(names("tag-value", "red")).isEmpty();
    assertThat(names("description", "shop")).containsExactly("web/key");
    assertThat(names("primary-region", "eu-")).hasSize(2);
    assertThat(names("all", "SHOP")).containsExactly("web/key");
    assertThatThrownBy(() -> names("colour", "red")).isInstanceOf(AwsServiceException.class);
  }

  @Test
  void listsDeletedSecretsOnlyWhenAsked() {
    client.deleteSecret(r -> r.secretId(NAME));

    assertThat(client.listSecrets().secretList()).isEmpty();
    assertThat(client.listSecrets(r -> r.includePlannedDeletion(true)).secretList()).hasSize(1);
  }

  // Policies and passwords

  @Test
  void keepsAResourcePolicyAndRefusesABadOne() {
    String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\"}]}";
    String open =
        "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"*\"}}";

    client.putResourcePolicy(r -> r.secretId(NAME).resourcePolicy(policy));
    assertThat(client.getResourcePolicy(r -> r.secretId(NAME)).resourcePolicy()).isEqualTo(policy);
    assertThatThrownBy(
            () -> client.putResourcePolicy(r -> r.secretId(NAME).resourcePolicy("nonsense")))
        .isInstanceOf(MalformedPolicyDocumentException.class);
    assertThatThrownBy(
            () ->
                client.putResourcePolicy(
                    r -> r.secretId(NAME).resourcePolicy(open).blockPublicPolicy(true)))
        .isInstanceOf(PublicPolicyException.class);
    assertThat(
            client.validateResourcePolicy(r -> r.resourcePolicy(policy)).policyValidationPassed())
        .isTrue();
    assertThat(client.validateResourcePolicy(r -> r.resourcePolicy(open)).policyValidationPassed())
        .isFalse();

    client.deleteResourcePolicy(r -> r.secretId(NAME));
    assertThat(client.getResourcePolicy(r -> r.secretId(NAME)).resourcePolicy()).isNull();
  }

  @Test
  void makesPasswordsAsAsked() {
    assertThat(password(r -> {})).hasSize(32).matches(".*[a-z].*").matches(".*[A-Z].*");
    assertThat(password(r -> {})).isNotEqualTo(password(r -> {}));
    assertThat(
            password(
                r ->
                    r.passwordLength(200L)
                        .excludePunctuation(true)
                        .excludeUppercase(true)
                        .excludeCharacters("abc123")))
        .matches("[d-z4-90]{200}");
    assertThat(password(r -> r.passwordLength(5L).includeSpace(true).requireEachIncludedType(true)))
        .contains(" ");
    assertThat(
            password(r -> r.excludeLowercase(true).excludeUppercase(true).excludePunctuation(true)))
        .matches("\\d{32}");
    assertThatThrownBy(() -> password(r -> r.passwordLength(3L)))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> password(r -> r.passwordLength(4097L)))
        .isInstanceOf(AwsServiceException.class);
  }

  // Helpers

  private static void assertRefused(String code, String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AwsServiceException.class,
            refused -> {
              assertThat(refused.awsErrorDetails().errorCode()).isEqualTo(code);
              assertThat(refused.awsErrorDetails().errorMessage()).isEqualTo(message);
              assertThat(refused.statusCode()).isEqualTo(400);
              assertThat(refused.requestId()).isNotBlank();
            });
  }

  private void put(String value, String token, String... stages) {
    PutSecretValueRequest.Builder request =
        PutSecretValueRequest.builder()
            .secretId(NAME)
            .secretString(value)
            .clientRequestToken(token);
    if (stages.length > 0) {
      request.versionStages(stages);
    }
    client.putSecretValue(request.build());
  }

  private void move(String label, @Nullable String from, @Nullable String to) {
    client.updateSecretVersionStage(
        r -> r.secretId(NAME).versionStage(label).removeFromVersionId(from).moveToVersionId(to));
  }

  private DescribeSecretResponse describe() {
    return client.describeSecret(r -> r.secretId(NAME));
  }

  private Map<String, List<String>> labels() {
    return describe().versionIdsToStages();
  }

  private static String[] labels(int count) {
    return IntStream.range(0, count).mapToObj(i -> "label-" + i).toArray(String[]::new);
  }

  private List<String> versions() {
    return client
        .listSecretVersionIdsPaginator(r -> r.secretId(NAME).includeDeprecated(true))
        .stream()
        .flatMap(page -> page.versions().stream())
        .map(SecretVersionsListEntry::versionId)
        .toList();
  }

  private String current() {
    return client.getSecretValue(r -> r.secretId(NAME)).secretString();
  }

  private List<String> names(String key, String... values) {
    return client
        .listSecrets(
            r -> r.filters(Filter.builder().key(key).values(values).build()).sortBy("name"))
        .secretList()
        .stream()
        .map(SecretListEntry::name)
        .toList();
  }

  private String password(Consumer<GetRandomPasswordRequest.Builder> options) {
    return client.getRandomPassword(options).randomPassword();
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private static String token(int number) {
    return new UUID(0, number).toString();
  }

  private static final class MovableClock extends Clock {
    private Instant now = START;

    void advance(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
