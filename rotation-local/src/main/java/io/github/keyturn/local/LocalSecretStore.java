package io.github.keyturn.local;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.SecretVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The model as the framework sees Secrets Manager, without HTTP and the SDK between them. */
final class LocalSecretStore implements SecretStore {

  private final Service service;
  private final Instant deadline;

  LocalSecretStore(Service service, Instant deadline) {
    this.service = service;
    this.deadline = deadline;
  }

  @Override
  public SecretStore until(Instant newDeadline) {
    return new LocalSecretStore(service, newDeadline);
  }

  @Override
  public SecretDescription describe(String secretId) {
    ObjectNode secret = call("DescribeSecret", request(secretId));
    Map<String, Set<String>> labels = new HashMap<>();
    for (Map.Entry<String, JsonNode> version : secret.path("VersionIdsToStages").properties()) {
      Set<String> stages = new HashSet<>();
      version.getValue().forEach(stage -> stages.add(stage.asText()));
      labels.put(version.getKey(), stages);
    }
    Map<String, String> tags = new HashMap<>();
    secret.path("Tags").forEach(tag -> tags.put(text(tag, "Key"), text(tag, "Value")));
    return new SecretDescription(
        text(secret, "ARN"),
        rotation(secret.path("RotationEnabled")),
        Optional.ofNullable(secret.path("OwningService").textValue()),
        secret.has("DeletedDate")
            ? SecretDescription.Deletion.SCHEDULED
            : SecretDescription.Deletion.NONE,
        labels,
        tags);
  }

  private static SecretDescription.Rotation rotation(JsonNode enabled) {
    if (enabled.isMissingNode()) {
      return SecretDescription.Rotation.NEVER_CONFIGURED;
    }
    return enabled.booleanValue()
        ? SecretDescription.Rotation.ENABLED
        : SecretDescription.Rotation.DISABLED;
  }

  @Override
  public Optional<Secret> read(String secretId, String versionId) {
    return find(secretId, request(secretId).put("VersionId", versionId));
  }

  @Override
  public Optional<Secret> readPending(String secretId, String token) {
    return find(
        secretId, request(secretId).put("VersionId", token).put("VersionStage", Labels.PENDING));
  }

  private Optional<Secret> find(String secretId, ObjectNode request) {
    try {
      return Optional.of(value(secretId, answer("GetSecretValue", request)));
    } catch (ServiceException e) {
      boolean notThisVersion =
          e.code().equals("ResourceNotFoundException")
              || (e.code().equals("InvalidRequestException")
                  && !e.getMessage().contains("deletion"));
      if (notThisVersion) {
        return Optional.empty();
      }
      throw explain("GetSecretValue", secretId, e);
    }
  }

  @Override
  public SecretVersion readCurrent(String secretId) {
    ObjectNode current =
        call("GetSecretValue", request(secretId).put("VersionStage", Labels.CURRENT));
    return new SecretVersion(text(current, "VersionId"), value(secretId, current));
  }

  private static Secret value(String secretId, ObjectNode response) {
    if (!response.has("SecretString")) {
      throw new RotationException(
          MISCONFIGURED,
          "%s holds a SecretBinary in version %s; store a JSON object as its SecretString"
              .formatted(secretId, text(response, "VersionId")));
    }
    return Secret.of(text(response, "SecretString"));
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    ObjectNode request =
        request(secretId).put("ClientRequestToken", token).put("SecretString", value.reveal());
    request.putArray("VersionStages").add(Labels.PENDING);
    if (rotationToken != null) {
      request.put("RotationToken", rotationToken.reveal());
    }
    try {
      answer("PutSecretValue", request);
      return PutOutcome.STORED;
    } catch (ServiceException e) {
      if (e.code().equals("ResourceExistsException")) {
        return PutOutcome.HAS_OTHER_VALUE;
      }
      throw explain("PutSecretValue", secretId, e);
    }
  }

  @Override
  public void promote(String secretId, String from, String to) {
    ObjectNode request =
        request(secretId)
            .put("VersionStage", Labels.CURRENT)
            .put("RemoveFromVersionId", from)
            .put("MoveToVersionId", to);
    try {
      answer("UpdateSecretVersionStage", request);
    } catch (ServiceException e) {
      if (e.code().equals("InvalidParameterException")) {
        throw new RotationException(
            CONFLICT,
            "AWSCURRENT could not be moved from version %s to %s (%s)"
                .formatted(from, to, e.getMessage()),
            e);
      }
      throw explain("UpdateSecretVersionStage", secretId, e);
    }
  }

  @Override
  public List<String> history(String secretId) {
    ObjectNode request = request(secretId).put("IncludeDeprecated", true);
    List<String> ids = new ArrayList<>();
    while (true) {
      ObjectNode page = call("ListSecretVersionIds", request);
      page.path("Versions").forEach(version -> ids.add(text(version, "VersionId")));
      if (!page.has("NextToken")) {
        return List.copyOf(ids);
      }
      request.put("NextToken", text(page, "NextToken"));
    }
  }

  private static ObjectNode request(String secretId) {
    return Json.object().put("SecretId", secretId);
  }

  private static String text(JsonNode node, String member) {
    return node.path(member).asText();
  }

  private ObjectNode call(String operation, ObjectNode request) {
    try {
      return answer(operation, request);
    } catch (ServiceException e) {
      throw explain(operation, text(request, "SecretId"), e);
    }
  }

  private ObjectNode answer(String operation, ObjectNode request) {
    try {
      return service.call(operation, request, deadline);
    } catch (Faults.NoAnswerException e) {
      throw new RotationException(NETWORK, "%s got no answer in time".formatted(operation), e);
    }
  }

  private static RotationException explain(
      String operation, String secretId, ServiceException refusal) {
    String what =
        "%s on %s was refused (%s: %s)"
            .formatted(operation, secretId, refusal.code(), refusal.getMessage());
    RotationException.Reason reason =
        switch (refusal.code()) {
          case "AccessDeniedException" -> PRIVILEGE;
          case "ThrottlingException", "LimitExceededException" -> THROTTLED;
          case "ResourceExistsException" -> CONFLICT;
          case "InternalServiceError" -> FAILED;
          default -> MISCONFIGURED;
        };
    return new RotationException(reason, what, refusal);
  }
}
