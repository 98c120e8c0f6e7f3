package io.github.keyturn.http;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the parts of a definition owe to each other, so that no rotation finds it out. */
final class DefinitionRules {

  /** What {@code describe} must find for two slots: the value of the primary key. */
  static final String PRIMARY = "primary";

  private final Node root;
  private final ProviderDefinition.Content content;
  private final Map<String, Operation> operations;

  DefinitionRules(Node root, ProviderDefinition.Content content) {
    this.root = root;
    this.content = content;
    this.operations = content.operations();
  }

  void check() {
    requireOperations();
    requireSenders();
    checkVerify();
    checkDescribe();
    checkCreate();
    find("list").ifPresent(this::checkList);
    checkKeys();
    checkStrategy();
    checkLimits();
  }

  private Optional<Operation> find(String name) {
    return Optional.ofNullable(operations.get(name));
  }

  private Operation operation(String name) {
    return find(name).orElseThrow();
  }

  private Node node(String operation) {
    return root.get("operations").get(operation);
  }

  private void requireOperations() {
    Set<String> missing = new TreeSet<>(DefinitionReader.required(content.strategy()));
    missing.removeAll(operations.keySet());
    if (!missing.isEmpty()) {
      throw root.get("operations")
          .wrong(
              "lacks %s, which the strategy %s needs"
                  .formatted(missing, Node.written(content.strategy())));
    }
    refuseUnused("promote", EnumSet.of(Strategy.TWO_SLOT));
    refuseUnused("revoke", EnumSet.complementOf(EnumSet.of(Strategy.SWAP)));
    refuseUnused("list", EnumSet.of(Strategy.ISSUE, Strategy.GRACE, Strategy.CLIENT_CHOSEN));
    if (operations.containsKey("deactivate") && !operations.containsKey("revoke")) {
      throw node("deactivate").wrong("comes before 'revoke', which is missing");
    }
  }

  private void refuseUnused(String operation, Set<Strategy> users) {
    if (operations.containsKey(operation) && !users.contains(content.strategy())) {
      throw node(operation)
          .wrong("is not used by the strategy " + Node.written(content.strategy()));
    }
  }

  /** verify may carry the key itself, as a request for a token does. */
  private void requireSenders() {
    for (Map.Entry<String, Operation> operation : operations.entrySet()) {
      boolean sent =
          operation.getValue().login().isPresent()
              || operation.getValue().uses(Source.SECRET, content.secretValue());
      if (!sent && !operation.getKey().equals("verify")) {
        throw node(operation.getKey())
            .wrong(
                "has no field 'login', so nobody is known to send it; name one of the definition's logins");
      }
    }
  }

  /** A status that says both is taken for a yes, and so is every key. */
  private void requireDistinguished(Operation verify) {
    for (int i = 0; i < verify.rejected().size(); i++) {
      for (int status : verify.rejected().get(i).statuses()) {
        if (verify.expect().json().isEmpty() && verify.expect().statuses().contains(status)) {
          throw rejected(i)
              .wrong(
                  "says %d, which 'expect' says as well, so every key would be accepted; let 'expect' have other statuses, or conditions in 'json'"
                      .formatted(status));
        }
      }
    }
  }

  private Node rejected(int index) {
    Node rejected = node("verify").get("rejected");
    return rejected.value() instanceof List ? rejected.items().get(index) : rejected;
  }

  private void checkVerify() {
    Operation verify = operation("verify");
    if (verify.rejected().isEmpty()) {
      throw node("verify")
          .wrong(
              "has no field 'rejected'; say how the provider refuses a key, such as {\"status\": [401]}");
    }
    requireDistinguished(verify);
    if (!verify.uses(Source.SECRET, content.secretValue())) {
      throw node("verify")
          .wrong(
              "does not use ${secret.%s}, neither itself nor by its login, so it proves nothing"
                  .formatted(content.secretValue()));
    }
    if (verify.needsAdmin()) {
      throw node("verify").wrong("logs in with the superuser secret, so it proves nothing");
    }
    Set<String> known = content.secretId().map(Set::of).orElseGet(Set::of);
    if (!known.containsAll(verify.extract().keySet())) {
      throw node("verify")
          .get("extract")
          .wrong("must extract the field that 'secret' has as 'id', and nothing else");
    }
  }

  private void checkDescribe() {
    Set<String> described =
        find("describe").map(operation -> operation.extract().keySet()).orElseGet(Set::of);
    if (operations.containsKey("describe") && described.isEmpty()) {
      throw node("describe").wrong("has no field 'extract', so nothing is learned from it");
    }
    operation("create")
        .placeholders()
        .filter(placeholder -> placeholder.source() == Source.DESCRIBED)
        .filter(placeholder -> !described.contains(placeholder.field()))
        .findFirst()
        .ifPresent(
            placeholder -> {
              throw node("create")
                  .wrong("uses %s, which 'describe' does not extract".formatted(placeholder));
            });
  }

  private void checkCreate() {
    Operation create = operation("create");
    boolean chosen = content.strategy() == Strategy.CLIENT_CHOSEN;
    if (create.uses(Source.KEY, "id") && content.strategy() != Strategy.SWAP) {
      throw node("create").wrong("uses ${key.id}, and there is no key yet");
    }
    if (chosen != create.uses(Source.KEY, "value")) {
      throw node("create")
          .wrong(
              chosen
                  ? "does not use ${key.value}, the value that is chosen here"
                  : "uses ${key.value}, which is for the strategy client-chosen");
    }
    if (!chosen && !create.extract().containsKey(content.secretValue())) {
      throw node("create")
          .wrong(
              "does not extract '%s', the field of the secret that holds the key"
                  .formatted(content.secretValue()));
    }
    if (chosen && !create.extract().isEmpty()) {
      throw node("create")
          .get("extract")
          .wrong("is of no use: a chosen value is stored before the provider is asked");
    }
  }

  private void checkList(Operation list) {
    if (list.item().isEmpty()) {
      throw node("list").wrong("has no field 'item'; say where an entry has its id");
    }
    boolean named = list.item().flatMap(ListItem::name).isPresent();
    boolean names = operation("create").uses(Source.NAME, "");
    if (named && !names) {
      throw node("create").wrong("does not use ${name}, so that 'list' could tell whose key it is");
    }
    if (names && !named) {
      throw node("list")
          .get("item")
          .wrong("has no field 'name', so the names that 'create' gives are lost");
    }
    if (content.strategy() == Strategy.CLIENT_CHOSEN
        && list.item().flatMap(ListItem::value).isEmpty()) {
      throw node("list")
          .get("item")
          .wrong("has no field 'value', by which a chosen key is found again");
    }
  }

  private void checkKeys() {
    for (String name : List.of("describe", "deactivate", "revoke")) {
      if (find(name).filter(operation -> operation.uses(Source.KEY, "value")).isPresent()) {
        throw node(name).wrong("uses ${key.value}, and knows ${key.id} only");
      }
    }
    boolean revokedById =
        operations.containsKey("revoke")
            && EnumSet.of(Strategy.ISSUE, Strategy.GRACE).contains(content.strategy());
    if (revokedById) {
      checkIdIsKnown();
    }
  }

  private void checkIdIsKnown() {
    Optional<String> id = content.secretId();
    if (id.equals(Optional.of(content.secretValue()))) {
      throw root.get("secret")
          .get("id")
          .wrong("is the field of the key itself; ids are shown in messages and URLs");
    }
    if (id.isEmpty()) {
      throw root.get("secret")
          .wrong(
              "has no field 'id', the field of the secret with the key's id, by which it is revoked");
    }
    if (!operation("create").extract().containsKey(id.get())) {
      throw node("create")
          .wrong("does not extract '%s', by which the key is revoked later".formatted(id.get()));
    }
  }

  private void checkStrategy() {
    switch (content.strategy()) {
      case CLIENT_CHOSEN -> {
        if (operations.containsKey("list") != operations.containsKey("revoke")) {
          throw root.get("operations")
              .wrong(
                  "has one of 'list' and 'revoke'; for keys beside each other both are needed, for a value that is replaced none");
        }
      }
      case TWO_SLOT -> {
        if (!operation("describe").extract().containsKey(PRIMARY)) {
          throw node("describe")
              .wrong(
                  "must extract 'primary', the value of the primary key, to tell which is which");
        }
        if (!operation("promote").uses(Source.SECRET, content.secretValue())) {
          throw node("promote")
              .wrong(
                  "does not log in with ${secret.%s}; it is sent with the primary key, so that a promotion that comes too late is refused and ends nothing"
                      .formatted(content.secretValue()));
        }
        if (operation("create").taken().isEmpty()) {
          throw node("create")
              .wrong(
                  "has no field 'taken'; say how the provider answers when there is a secondary key");
        }
      }
      case GRACE -> {
        if (content.grace().isEmpty()) {
          throw root.wrong(
              "has no field 'graceHours'; say how long a replaced key goes on working");
        }
      }
      case SWAP -> {
        if (!operation("create").needsAdmin()) {
          throw node("create")
              .wrong(
                  "logs in with the key that it ends; a lost answer would be a lost key: use a login of the superuser secret, with ${admin.…}");
        }
      }
      case ISSUE -> {}
    }
    if (content.grace().isPresent() && content.strategy() != Strategy.GRACE) {
      throw root.get("graceHours").wrong("is for the strategy grace only");
    }
  }

  private void checkLimits() {
    if (content.maxKeys().isPresent() && !operations.containsKey("list")) {
      throw root.get("maxKeys").wrong("is of no use without 'list'");
    }
    boolean overlaps = content.strategy() != Strategy.SWAP && operations.containsKey("list");
    if (overlaps && content.maxKeys().filter(most -> most < 2).isPresent()) {
      throw root.get("maxKeys").wrong("must be 2 at least, for the old and the new key");
    }
  }
}
