package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Telling what secrets there are, one or many at a time. */
final class SecretListing {

  private static final int MOST_IDS = 20;

  private final Secrets secrets;
  private final SecretValues values;

  SecretListing(Secrets secrets, SecretValues values) {
    this.secrets = secrets;
    this.values = values;
  }

  Map<String, Operation> operations() {
    return Map.of(
        "DescribeSecret", this::describe,
        "ListSecrets", this::list,
        "BatchGetSecretValue", this::batchGet);
  }

  private ObjectNode describe(Arguments in) {
    return describe(secrets.read().secret(in.secretId()), "VersionIdsToStages");
  }

  private static ObjectNode describe(StoredSecret secret, String versionsMember) {
    ObjectNode out = Secrets.identify(secret);
    out.put("Description", secret.description);
    out.put("KmsKeyId", secret.kmsKeyId);
    out.put("Type", secret.type);
    out.put("OwningService", secret.owningService);
    out.put("RotationEnabled", secret.rotation.enabled());
    out.put("RotationLambdaARN", secret.rotation.function());
    Json.dropNulls(out);
    RotationRules rules = secret.rotation.rules();
    if (rules != null) {
      rules.putInto(out.putObject("RotationRules"));
    }
    Json.put(out, "LastRotatedDate", secret.rotation.last());
    Json.put(out, "NextRotationDate", secret.rotation.next());
    Json.put(out, "LastChangedDate", secret.changed);
    Json.put(out, "LastAccessedDate", secret.accessed);
    Json.put(out, "CreatedDate", secret.created);
    if (secret.deletion != null) {
      Json.put(out, "DeletedDate", secret.deletion.marked());
    }
    putTags(out, secret);
    ObjectNode versions = Json.object();
    secret.labels.byVersion().forEach((id, labels) -> Json.array(versions, id, labels));
    if (!versions.isEmpty()) {
      out.set(versionsMember, versions);
    }
    return out;
  }

  private static void putTags(ObjectNode out, StoredSecret secret) {
    if (secret.tags != null) {
      ArrayNode tags = out.putArray("Tags");
      secret.tags.forEach((key, value) -> tags.addObject().put("Key", key).put("Value", value));
    }
  }

  private ObjectNode list(Arguments in) {
    boolean withDeleted = in.flag("IncludePlannedDeletion").orElse(false);
    SecretFilter filter = SecretFilter.of(in);
    List<StoredSecret> found = new ArrayList<>();
    for (StoredSecret secret : secrets.read().all()) {
      if ((withDeleted || secret.deletion == null) && filter.test(secret)) {
        found.add(secret);
      }
    }
    found.sort(order(in));
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("SecretList");
    Page.of(in, found, out).forEach(secret -> list.add(describe(secret, "SecretVersionsToStages")));
    return out;
  }

  private static Comparator<StoredSecret> order(Arguments in) {
    Comparator<StoredSecret> order =
        switch (in.text("SortBy", 1, 64).orElse("created-date")) {
          case "created-date" -> Comparator.comparing(secret -> secret.created);
          case "last-changed-date" -> Comparator.comparing(secret -> secret.changed);
          case "last-accessed-date" ->
              Comparator.comparing(
                  secret -> Optional.ofNullable(secret.accessed).map(Object::toString).orElse(""));
          case "name" -> Comparator.comparing(secret -> secret.name);
          default ->
              throw enumeration(
                  "SortBy", "created-date, last-accessed-date, last-changed-date, name");
        };
    return switch (in.text("SortOrder", 1, 64).orElse("asc")) {
      case "asc" -> order;
      case "desc" -> order.reversed();
      default -> throw enumeration("SortOrder", "asc, desc");
    };
  }

  private static ServiceException enumeration(String name, String choices) {
    return Arguments.invalid(name, "Member must satisfy enum value set: [%s]".formatted(choices));
  }

  private ObjectNode batchGet(Arguments in) {
    Optional<List<String>> ids = in.texts("SecretIdList", 1, MOST_IDS);
    if (ids.isPresent() == in.has("Filters")) {
      throw ServiceException.invalidParameter(
          "You must provide either SecretIdList or Filters, and not both.");
    }
    Secrets.View view = secrets.read();
    ObjectNode out = Json.object();
    ArrayNode found = out.putArray("SecretValues");
    ArrayNode errors = out.putArray("Errors");
    for (String id : ids.orElseGet(() -> filtered(in, view, out))) {
      try {
        found.add(values.entry(view.secret(id), Optional.empty(), Optional.empty()));
      } catch (ServiceException e) {
        errors
            .addObject()
            .put("SecretId", id)
            .put("ErrorCode", e.code())
            .put("Message", e.getMessage());
      }
    }
    return out;
  }

  private static List<String> filtered(Arguments in, Secrets.View view, ObjectNode out) {
    SecretFilter filter = SecretFilter.of(in);
    List<String> found = new ArrayList<>();
    for (StoredSecret secret : view.all()) {
      if (secret.deletion == null && filter.test(secret)) {
        found.add(secret.arn);
      }
    }
    return Page.of(in, found, out);
  }
}
