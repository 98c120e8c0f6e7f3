package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.StagingLabels.AWSCURRENT;
import static io.github.keyturn.StagingLabels.AWSPENDING;
import static java.util.Comparator.nullsFirst;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretVersionIdsResponse;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.SecretVersionsListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/** Secrets Manager as AWS runs it, through the SDK's own client. */
final class SdkSecretStore implements SecretStore {

  private final SecretsManagerClient client;
  private final SdkErrors errors;
  private final Instant deadline;

  private SdkSecretStore(SecretsManagerClient client, SdkErrors errors, Instant deadline) {
    this.client = client;
    this.errors = errors;
    this.deadline = deadline;
  }

  /** Makes the client; nothing is called yet. */
  static SecretStore connect(RotationSettings settings, Map<String, String> environment) {
    SdkClient client = SdkClient.of(settings, environment);
    return new SdkSecretStore(
        client.secretsManager(), new SdkErrors(new AwsErrors(client.endpoint())), Instant.MAX);
  }

  @Override
  public SecretStore until(Instant newDeadline) {
    return new SdkSecretStore(client, errors, newDeadline);
  }

  @Override
  public SecretDescription describe(String secretId) {
    DescribeSecretResponse secret =
        call(
            "DescribeSecret",
            secretId,
            () ->
                client.describeSecret(
                    request -> request.secretId(secretId).overrideConfiguration(inTime())));
    return new SecretDescription(
        secret.arn(),
        rotation(secret.rotationEnabled()),
        Optional.ofNullable(secret.owningService()),
        secret.deletedDate() == null
            ? SecretDescription.Deletion.NONE
            : SecretDescription.Deletion.SCHEDULED,
        secret.versionIdsToStages().entrySet().stream()
            .collect(
                toMap(
                    Map.Entry::getKey,
                    version -> version.getValue().stream().collect(toUnmodifiableSet()))),
        secret.tags().stream().collect(toMap(Tag::key, Tag::value)));
  }

  /** The member is absent for a secret that never rotated, so it must not be unboxed. */
  private static SecretDescription.Rotation rotation(@Nullable Boolean enabled) {
    if (enabled == null) {
      return SecretDescription.Rotation.NEVER_CONFIGURED;
    }
    return enabled ? SecretDescription.Rotation.ENABLED : SecretDescription.Rotation.DISABLED;
  }

  @Override
  public Optional<Secret> read(String secretId, String versionId) {
    return find(secretId, request -> request.versionId(versionId));
  }

  @Override
  public Optional<Secret> readPending(String secretId, String token) {
    return find(secretId, request -> request.versionId(token).versionStage(AWSPENDING));
  }

  /** Empty for what the service says of a version without this label, or without a value. */
  private Optional<Secret> find(String secretId, Consumer<GetSecretValueRequest.Builder> version) {
    try {
      return Optional.of(text(secretId, get(secretId, version)));
    } catch (SecretsManagerException e) {
      if (e.awsErrorDetails() != null
          && AwsErrors.meansAbsent(SdkErrors.code(e), SdkErrors.said(e))) {
        return Optional.empty();
      }
      throw errors.explain("GetSecretValue", secretId, e);
    } catch (SdkException e) {
      throw errors.explain("GetSecretValue", secretId, e);
    }
  }

  @Override
  public SecretVersion readCurrent(String secretId) {
    GetSecretValueResponse current =
        call("GetSecretValue", secretId, () -> get(secretId, r -> r.versionStage(AWSCURRENT)));
    return new SecretVersion(current.versionId(), text(secretId, current));
  }

  private GetSecretValueResponse get(
      String secretId, Consumer<GetSecretValueRequest.Builder> version) {
    return client.getSecretValue(
        request -> {
          request.secretId(secretId).overrideConfiguration(inTime());
          version.accept(request);
        });
  }

  private static Secret text(String secretId, GetSecretValueResponse response) {
    if (response.secretString() == null) {
      throw new RotationException(
          MISCONFIGURED,
          "%s holds a SecretBinary in version %s; store a JSON object as its SecretString"
              .formatted(secretId, response.versionId()));
    }
    return Secret.of(response.secretString());
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    try {
      client.putSecretValue(
          request ->
              request
                  .secretId(secretId)
                  .clientRequestToken(token)
                  .secretString(value.reveal())
                  .versionStages(AWSPENDING)
                  .rotationToken(rotationToken == null ? null : rotationToken.reveal())
                  .overrideConfiguration(inTime()));
      return PutOutcome.STORED;
    } catch (ResourceExistsException e) {
      return PutOutcome.HAS_OTHER_VALUE;
    } catch (SdkException e) {
      throw errors.explain("PutSecretValue", secretId, e);
    }
  }

  @Override
  public void promote(String secretId, String from, String to) {
    try {
      client.updateSecretVersionStage(
          request ->
              request
                  .secretId(secretId)
                  .versionStage(AWSCURRENT)
                  .removeFromVersionId(from)
                  .moveToVersionId(to)
                  .overrideConfiguration(inTime()));
    } catch (InvalidParameterException e) {
      throw AwsErrors.notMoved(from, to, SdkErrors.said(e), e);
    } catch (SdkException e) {
      throw errors.explain("UpdateSecretVersionStage", secretId, e);
    }
  }

  @Override
  public List<String> history(String secretId) {
    List<SecretVersionsListEntry> versions = new ArrayList<>();
    String page = null;
    do {
      ListSecretVersionIdsResponse response = listVersions(secretId, page);
      versions.addAll(response.versions());
      page = response.nextToken();
    } while (page != null);
    return versions.stream()
        .sorted(
            Comparator.comparing(
                    SecretVersionsListEntry::createdDate, nullsFirst(Comparator.naturalOrder()))
                .reversed())
        .map(SecretVersionsListEntry::versionId)
        .toList();
  }

  private ListSecretVersionIdsResponse listVersions(String secretId, @Nullable String page) {
    return call(
        "ListSecretVersionIds",
        secretId,
        () ->
            client.listSecretVersionIds(
                request ->
                    request
                        .secretId(secretId)
                        .includeDeprecated(true)
                        .nextToken(page)
                        .overrideConfiguration(inTime())));
  }

  private <T> T call(String operation, String secretId, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw errors.explain(operation, secretId, e);
    }
  }

  private AwsRequestOverrideConfiguration inTime() {
    Duration left =
        deadline.equals(Instant.MAX)
            ? Duration.ofMinutes(15)
            : Duration.between(Instant.now(), deadline);
    Duration atLeast = Duration.ofMillis(1);
    return AwsRequestOverrideConfiguration.builder()
        .apiCallTimeout(left.compareTo(atLeast) < 0 ? atLeast : left)
        .build();
  }
}
