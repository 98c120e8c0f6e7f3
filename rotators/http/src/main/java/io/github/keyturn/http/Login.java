package io.github.keyturn.http;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** How a request shows who sends it. */
sealed interface Login {

  /** Where logins get their values from. */
  Set<Source> SOURCES = EnumSet.of(Source.SECRET, Source.ADMIN, Source.SETTING);

  /** What it uses. */
  Stream<Placeholder> placeholders();

  /** Whether it is the superuser secret's login, and not the rotated secret's own. */
  default boolean isAdmin() {
    return placeholders().anyMatch(placeholder -> placeholder.source() == Source.ADMIN);
  }

  /** By headers. */
  record Header(Map<String, Template> headers) implements Login {
    @Override
    public Stream<Placeholder> placeholders() {
      return headers.values().stream().flatMap(Template::placeholders);
    }
  }

  /** By HTTP's basic authentication. */
  record Basic(Template username, Template password) implements Login {
    @Override
    public Stream<Placeholder> placeholders() {
      return Stream.of(username, password).flatMap(Template::placeholders);
    }
  }

  /** By parameters of the URL, which servers like to log. */
  record Query(Map<String, Template> parameters) implements Login {
    @Override
    public Stream<Placeholder> placeholders() {
      return parameters.values().stream().flatMap(Template::placeholders);
    }
  }

  /** How a client shows its secret to the token endpoint. */
  enum Authentication {
    BASIC,
    BODY
  }

  /**
   * By a token that OAuth2's client credentials grant gives.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, 4.4</a>
   */
  record ClientCredentials(
      UrlTemplate tokenUrl,
      Template clientId,
      Template clientSecret,
      Authentication authentication,
      Map<String, Template> parameters)
      implements Login {
    @Override
    public Stream<Placeholder> placeholders() {
      return Stream.concat(
              Stream.of(clientId, clientSecret, tokenUrl.path()), parameters.values().stream())
          .flatMap(Template::placeholders);
    }
  }

  static Login parse(Node node, Map<String, Object> settings) {
    node.only(Fields.LOGIN);
    Login login =
        switch (node.oneOf(Fields.LOGIN.names())) {
          case "header" -> new Header(Operation.headers(node.get("header"), SOURCES));
          case "basic" -> basic(node.get("basic").only(Fields.BASIC));
          case "query" -> new Query(templates(node.get("query")));
          default -> clientCredentials(node.get("oauth2").only(Fields.OAUTH2), settings);
        };
    if (login.placeholders().noneMatch(Login::isCredential)) {
      throw node.wrong(
          "uses no field of the secret and none of the superuser secret, so it proves nothing");
    }
    if (login.placeholders().anyMatch(placeholder -> placeholder.source() == Source.SECRET)
        && login.isAdmin()) {
      throw node.wrong(
          "mixes the secret's own fields with the superuser secret's; use one of them");
    }
    return login;
  }

  private static boolean isCredential(Placeholder placeholder) {
    return placeholder.source() == Source.SECRET || placeholder.source() == Source.ADMIN;
  }

  private static Basic basic(Node node) {
    return new Basic(
        Template.parse(node.get("username"), SOURCES),
        Template.parse(node.get("password"), SOURCES));
  }

  private static ClientCredentials clientCredentials(Node node, Map<String, Object> settings) {
    return new ClientCredentials(
        UrlTemplate.parse(node.get("tokenUrl"), settings, SOURCES),
        Template.parse(node.get("clientId"), SOURCES),
        Template.parse(node.get("clientSecret"), SOURCES),
        node.find("authentication")
            .map(field -> field.choice(Authentication.class))
            .orElse(Authentication.BASIC),
        node.find("parameters").map(Login::templates).orElseGet(Map::of));
  }

  private static Map<String, Template> templates(Node node) {
    return templates(node, field -> Template.parse(field, SOURCES));
  }

  /** The fields of an object in their order. */
  static Map<String, Template> templates(Node node, Function<Node, Template> parse) {
    Map<String, Template> templates = new LinkedHashMap<>();
    node.fields().forEach((name, field) -> templates.put(name, parse.apply(field)));
    return templates;
  }
}
