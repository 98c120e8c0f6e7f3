package io.github.keyturn.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Policies are kept and checked for form, but not enforced. */
final class ResourcePolicies {

  private static final int LONGEST_POLICY = 20480;

  private final Secrets secrets;

  ResourcePolicies(Secrets secrets) {
    this.secrets = secrets;
  }

  Map<String, Operation> operations() {
    return Map.of(
        "PutResourcePolicy", this::put,
        "GetResourcePolicy", this::get,
        "DeleteResourcePolicy", this::delete,
        "ValidateResourcePolicy", this::validate);
  }

  private ObjectNode put(Arguments in) {
    String policy = policy(in);
    boolean blockPublic = in.flag("BlockPublicPolicy").orElse(false);
    StoredSecret secret = secrets.edit(in.secretId()).requireLive();
    ObjectNode parsed =
        parse(policy)
            .orElseThrow(
                () ->
                    new ServiceException(
                        "MalformedPolicyDocumentException",
                        "This resource policy contains invalid JSON or lacks a Statement."));
    if (blockPublic && isPublic(parsed)) {
      throw new ServiceException(
          "PublicPolicyException", "You can't attach a policy that allows public access.");
    }
    secret.policy = policy;
    secret.changed = secrets.now();
    secrets.save(secret);
    return Secrets.identify(secret);
  }

  private ObjectNode get(Arguments in) {
    StoredSecret secret = secrets.read().secret(in.secretId()).requireLive();
    ObjectNode out = Secrets.identify(secret);
    if (secret.policy != null) {
      out.put("ResourcePolicy", secret.policy);
    }
    return out;
  }

  private ObjectNode delete(Arguments in) {
    StoredSecret secret = secrets.edit(in.secretId()).requireLive();
    secret.policy = null;
    secret.changed = secrets.now();
    secrets.save(secret);
    return Secrets.identify(secret);
  }

  private ObjectNode validate(Arguments in) {
    Optional<ObjectNode> policy = parse(policy(in));
    if (in.has("SecretId")) {
      secrets.read().secret(in.secretId()).requireLive();
    }
    ObjectNode out = Json.object();
    ArrayNode errors = Json.object().putArray("ValidationErrors");
    if (policy.isEmpty()) {
      errors
          .addObject()
          .put("CheckName", "INVALID_SYNTAX")
          .put("ErrorMessage", "The policy is not a JSON object with a Statement.");
    } else if (isPublic(policy.get())) {
      errors
          .addObject()
          .put("CheckName", "PUBLIC_ACCESS")
          .put("ErrorMessage", "The policy allows public access.");
    }
    out.put("PolicyValidationPassed", errors.isEmpty());
    out.set("ValidationErrors", errors);
    return out;
  }

  private static String policy(Arguments in) {
    return in.required("ResourcePolicy", in.text("ResourcePolicy", 1, LONGEST_POLICY));
  }

  private static Optional<ObjectNode> parse(String policy) {
    return Json.parseObject(policy.getBytes(StandardCharsets.UTF_8))
        .filter(object -> statements(object).allMatch(JsonNode::isObject))
        .filter(object -> statements(object).findAny().isPresent());
  }

  private static Stream<JsonNode> statements(ObjectNode policy) {
    JsonNode statement = policy.path("Statement");
    return statement.isArray()
        ? StreamSupport.stream(statement.spliterator(), false)
        : Stream.of(statement).filter(node -> !node.isMissingNode());
  }

  private static boolean isPublic(ObjectNode policy) {
    return statements(policy)
        .anyMatch(
            statement ->
                statement.path("Effect").asText().equals("Allow")
                    && !statement.has("Condition")
                    && (isEveryone(statement.path("Principal"))
                        || isEveryone(statement.path("Principal").path("AWS"))));
  }

  private static boolean isEveryone(JsonNode principal) {
    return principal.isArray()
        ? StreamSupport.stream(principal.spliterator(), false)
            .anyMatch(ResourcePolicies::isEveryone)
        : principal.asText().equals("*");
  }
}
