package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.StagingLabels.AWSCURRENT;
import static io.github.keyturn.StagingLabels.AWSPENDING;

import io.github.keyturn.SecretsManagerCalls.RefusedException;
import io.github.keyturn.internal.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Secrets Manager as AWS runs it, for the six operations that a rotation needs. The SDK's client
 * does the same and much more, and takes longer to load than a whole rotation does.
 */
final class AwsSecretStore implements SecretStore {

  private final SecretsManagerCalls calls;
  private final AwsErrors errors;
  private final Instant deadline;

  private AwsSecretStore(SecretsManagerCalls calls, AwsErrors errors, Instant deadline) {
    this.calls = calls;
    this.errors = errors;
    this.deadline = deadline;
  }

  /** Makes the store; nothing is called yet. */
  static SecretStore connect(RotationSettings settings, Map<String, String> environment) {
    AwsEndpoint endpoint = AwsEndpoint.of(settings, environment);
    SecretsManagerCalls calls =
        new SecretsManagerCalls(
            new CrtHttp(
                endpoint.url(),
                new Variables(environment).file("AWS_CA_BUNDLE", "a PEM file").orElse(null)),
            new RequestSigner(endpoint.url(), endpoint.region()),
            Caller.of(environment),
            Clock.systemUTC());
    return new AwsSecretStore(calls, new AwsErrors(endpoint.url()), Instant.MAX);
  }

  @Override
  public SecretStore until(Instant newDeadline) {
    return new AwsSecretStore(calls, errors, newDeadline);
  }

  @Override
  public SecretDescription describe(String secretId) {
    Map<String, @Nullable Object> secret = call("DescribeSecret", secretId, request(secretId));
    return new SecretDescription(
        text(secret, "ARN"),
        rotation(secret.get("RotationEnabled")),
        Optional.ofNullable((String) secret.get("OwningService")),
        secret.get("DeletedDate") == null
            ? SecretDescription.Deletion.NONE
            : SecretDescription.Deletion.SCHEDULED,
        labels(secret.get("VersionIdsToStages")),
        tags(secret.get("Tags")));
  }

  /** The member is absent for a secret that never rotated. */
  private static SecretDescription.Rotation rotation(@Nullable Object enabled) {
    if (enabled == null) {
      return SecretDescription.Rotation.NEVER_CONFIGURED;
    }
    return enabled.equals(true)
        ? SecretDescription.Rotation.ENABLED
        : SecretDescription.Rotation.DISABLED;
  }

  private static Map<String, Set<String>> labels(@Nullable Object versions) {
    Map<String, Set<String>> labels = new HashMap<>();
    for (Map.Entry<?, ?> version : map(versions).entrySet()) {
      Set<String> its = new LinkedHashSet<>();
      for (Object label : list(version.getValue())) {
        its.add(String.valueOf(label));
      }
      labels.put(String.valueOf(version.getKey()), its);
    }
    return labels;
  }

  private static Map<String, String> tags(@Nullable Object tags) {
    Map<String, String> byKey = new HashMap<>();
    for (Object tag : list(tags)) {
      byKey.put(String.valueOf(map(tag).get("Key")), String.valueOf(map(tag).get("Value")));
    }
    return byKey;
  }

  @Override
  public Optional<Secret> read(String secretId, String versionId) {
    Map<String, @Nullable Object> request = request(secretId);
    request.put("VersionId", versionId);
    return find(secretId, request);
  }

  @Override
  public Optional<Secret> readPending(String secretId, String token) {
    Map<String, @Nullable Object> request = request(secretId);
    request.put("VersionId", token);
    request.put("VersionStage", AWSPENDING);
    return find(secretId, request);
  }

  /** Empty for what the service says of a version without this label, or without a value. */
  private Optional<Secret> find(String secretId, Map<String, @Nullable Object> request) {
    try {
      return Optional.of(value(secretId, calls.call("GetSecretValue", request, deadline)));
    } catch (RefusedException e) {
      if (AwsErrors.meansAbsent(e.code(), e.said())) {
        return Optional.empty();
      }
      throw errors.refused("GetSecretValue", secretId, e.code(), e.said(), e.throttled(), e);
    } catch (IOException e) {
      throw errors.unanswered("GetSecretValue", secretId, e);
    }
  }

  @Override
  public SecretVersion readCurrent(String secretId) {
    Map<String, @Nullable Object> request = request(secretId);
    request.put("VersionStage", AWSCURRENT);
    Map<String, @Nullable Object> current = call("GetSecretValue", secretId, request);
    return new SecretVersion(text(current, "VersionId"), value(secretId, current));
  }

  private static Secret value(String secretId, Map<String, @Nullable Object> version) {
    if (!(version.get("SecretString") instanceof String value)) {
      throw new RotationException(
          MISCONFIGURED,
          "%s holds a SecretBinary in version %s; store a JSON object as its SecretString"
              .formatted(secretId, version.get("VersionId")));
    }
    return Secret.of(value);
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    Map<String, @Nullable Object> request = request(secretId);
    request.put("ClientRequestToken", token);
    request.put("SecretString", value.reveal());
    request.put("VersionStages", List.of(AWSPENDING));
    if (rotationToken != null) {
      request.put("RotationToken", rotationToken.reveal());
    }
    try {
      calls.call("PutSecretValue", request, deadline);
      return PutOutcome.STORED;
    } catch (RefusedException e) {
      if (e.code().equals("ResourceExistsException")) {
        return PutOutcome.HAS_OTHER_VALUE;
      }
      throw errors.refused("PutSecretValue", secretId, e.code(), e.said(), e.throttled(), e);
    } catch (IOException e) {
      throw errors.unanswered("PutSecretValue", secretId, e);
    }
  }

  @Override
  public void promote(String secretId, String from, String to) {
    String operation = "UpdateSecretVersionStage";
    Map<String, @Nullable Object> request = request(secretId);
    request.put("VersionStage", AWSCURRENT);
    request.put("RemoveFromVersionId", from);
    request.put("MoveToVersionId", to);
    try {
      calls.call(operation, request, deadline);
    } catch (RefusedException e) {
      throw e.code().equals("InvalidParameterException")
          ? AwsErrors.notMoved(from, to, e.said(), e)
          : errors.refused(operation, secretId, e.code(), e.said(), e.throttled(), e);
    } catch (IOException e) {
      throw errors.unanswered(operation, secretId, e);
    }
  }

  @Override
  public List<String> history(String secretId) {
    List<Version> versions = new ArrayList<>();
    Object page = null;
    do {
      Map<String, @Nullable Object> request = request(secretId);
      request.put("IncludeDeprecated", true);
      if (page != null) {
        request.put("NextToken", page);
      }
      Map<String, @Nullable Object> answer = call("ListSecretVersionIds", secretId, request);
      for (Object version : list(answer.get("Versions"))) {
        versions.add(Version.of(map(version)));
      }
      page = answer.get("NextToken");
    } while (page != null);
    versions.sort(Comparator.comparing(Version::created).reversed());
    return versions.stream().map(Version::id).toList();
  }

  /** The service promises no date; what has none is tried last. */
  private record Version(String id, BigDecimal created) {
    static Version of(Map<?, ?> version) {
      return new Version(
          String.valueOf(version.get("VersionId")),
          version.get("CreatedDate") instanceof Json.NumberLiteral created
              ? new BigDecimal(created.text())
              : BigDecimal.ZERO);
    }
  }

  private Map<String, @Nullable Object> call(
      String operation, String secretId, Map<String, @Nullable Object> request) {
    try {
      return calls.call(operation, request, deadline);
    } catch (RefusedException e) {
      throw errors.refused(operation, secretId, e.code(), e.said(), e.throttled(), e);
    } catch (IOException e) {
      throw errors.unanswered(operation, secretId, e);
    }
  }

  private static Map<String, @Nullable Object> request(String secretId) {
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("SecretId", secretId);
    return request;
  }

  private static String text(Map<String, @Nullable Object> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new RotationException(
        FAILED, "Secrets Manager's answer has no %s; is this its endpoint?".formatted(name));
  }

  private static Map<?, ?> map(@Nullable Object member) {
    return member instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object member) {
    return member instanceof List<?> list ? list : List.of();
  }
}
