package io.github.keyturn.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a request carries. */
sealed interface Body {

  String contentType();

  Stream<Placeholder> placeholders();

  /** A JSON value. */
  record JsonBody(JsonTemplate json) implements Body {
    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public Stream<Placeholder> placeholders() {
      return json.placeholders();
    }
  }

  /** Names and values, as a browser's form sends them. */
  record Form(Map<String, Template> fields) implements Body {
    @Override
    public String contentType() {
      return "application/x-www-form-urlencoded";
    }

    @Override
    public Stream<Placeholder> placeholders() {
      return fields.values().stream().flatMap(Template::placeholders);
    }
  }

  /** Empty when the operation has none. */
  static Optional<Body> parse(Node node, Set<Source> allowed) {
    Set<String> kinds = Set.of("json", "form", "graphql");
    if (kinds.stream().noneMatch(node::has)) {
      return Optional.empty();
    }
    String kind = node.oneOf(kinds);
    Node content = node.get(kind);
    return Optional.of(
        switch (kind) {
          case "json" -> new JsonBody(JsonTemplate.parse(content, allowed));
          case "form" ->
              new Form(Login.templates(content, field -> Template.parse(field, allowed)));
          default -> graphql(content.only(Fields.GRAPHQL), allowed);
        });
  }

  /** Values go into the variables, since a query has an escape syntax of its own. */
  private static JsonBody graphql(Node node, Set<Source> allowed) {
    String query = node.get("query").text();
    if (query.contains("${")) {
      throw node.get("query")
          .wrong("has a placeholder; put it into 'variables' and use the query's own $variables");
    }
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    content.put("query", query);
    node.find("variables")
        .ifPresent(
            variables -> content.put("variables", JsonTemplate.parse(variables, allowed).value()));
    return new JsonBody(new JsonTemplate(content));
  }
}
