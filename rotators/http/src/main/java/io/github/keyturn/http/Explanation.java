package io.github.keyturn.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A definition in words. */
record Explanation(ProviderDefinition definition) {

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, strategy %s: %s"
            .formatted(
                definition.name(),
                Node.written(definition.strategy()),
                definition.strategy().words()));
    lines.add("clients with the old value: " + clients());
    lines.add("the secret: " + secret());
    lines.add("acts with: " + actor());
    lines.add("hosts: " + String.join(", ", hosts()));
    definition.operations().forEach(operation -> lines.add("  " + operation));
    lines.add("a crash between issuing and storing: " + crash());
    definition.maxKeys().ifPresent(most -> lines.add("at most %d keys at a time".formatted(most)));
    settings().forEach(lines::add);
    definition.comment().forEach(comment -> lines.add("note: " + comment));
    definition.documentation().forEach(url -> lines.add("documentation: " + url));
    return lines;
  }

  private String clients() {
    if (definition.overlaps()) {
      return definition
          .grace()
          .map(grace -> "they go on for %d hours at most".formatted(grace.toHours()))
          .orElse("they go on until the next rotation (or finishSecret, by RETIRE_OLD)");
    }
    return switch (definition.strategy()) {
      case SWAP -> "refused from createSecret on; ALLOW_IN_PLACE_SWAP must say that this may be";
      default -> "refused from setSecret on";
    };
  }

  private String secret() {
    Set<String> others = definition.ownerFields();
    String id = definition.secretId().map(field -> ", its id in '%s'".formatted(field)).orElse("");
    String bare = tellsIds() ? "; or a bare string, the key itself" : "";
    return "a JSON object with the key in '%s'%s%s%s"
        .formatted(definition.secretValue(), id, others.isEmpty() ? "" : ", and " + others, bare);
  }

  private boolean tellsIds() {
    boolean needsId =
        definition.strategy() == Strategy.ISSUE || definition.strategy() == Strategy.GRACE;
    return definition.ownerFields().isEmpty()
        && (!needsId || !definition.operation("verify").extract().isEmpty());
  }

  private String actor() {
    return definition.needsAdmin()
        ? "the superuser secret (masterarn or SUPERUSER_SECRET_ARN), with its fields "
            + adminFields()
        : "the secret's own key";
  }

  private Set<String> adminFields() {
    return definition
        .operations()
        .flatMap(Operation::placeholders)
        .filter(placeholder -> placeholder.source() == Source.ADMIN)
        .map(Placeholder::field)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> hosts() {
    Set<String> hosts = new TreeSet<>();
    definition
        .operations()
        .forEach(
            operation -> {
              hosts.add(operation.url().origin().toString());
              if (operation.login().orElse(null) instanceof Login.ClientCredentials login) {
                hosts.add(login.tokenUrl().origin().toString());
              }
            });
    return hosts;
  }

  private String crash() {
    return switch (definition.strategy()) {
      case ISSUE, GRACE ->
          definition.listsNames()
              ? "the key is found again by its name, and revoked"
              : "the provider's keys have no names, so what is left over is revoked only with REVOKE_UNNAMED_KEYS";
      case CLIENT_CHOSEN -> "there is none: the value is stored first";
      case TWO_SLOT -> "the secondary key is replaced";
      case SWAP -> "the value is lost; the superuser secret has another one made";
    };
  }

  private List<String> settings() {
    return definition.settingDefinitions().values().stream()
        .map(
            setting ->
                "setting %s: %s%s"
                    .formatted(
                        SettingDefinition.variable(setting.name()),
                        setting.description(),
                        definition.settings().containsKey(setting.name()) ? "" : " (has no value)"))
        .toList();
  }
}
