package io.github.keyturn.http;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A request and what its answer must be.
 *
 * @param name the operation's name in the definition
 * @param rejected for {@code verify}: how the provider refuses a login
 * @param taken for {@code create} of two slots: how the provider says that there is a secondary key
 * @param extract what is taken out of the answer, by the name that it gets
 * @param items for {@code list}: where the entries are
 * @param where for {@code list}: entries that do not say this are no keys any more
 */
record Operation(
    String name,
    String method,
    UrlTemplate url,
    Optional<Login> login,
    Map<String, Template> headers,
    Map<String, Template> query,
    Optional<Body> body,
    Expectation expect,
    List<Expectation> rejected,
    Optional<Expectation> taken,
    Map<String, JsonPointer> extract,
    Optional<JsonPointer> items,
    List<Condition> where,
    Optional<ListItem> item,
    Optional<Pagination> pagination,
    Duration timeout,
    Retry retry) {

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

  /** What the HTTP client sets itself, or what would lead a request elsewhere. */
  private static final Set<String> RESERVED_HEADERS =
      Set.of(
          "host",
          "connection",
          "content-length",
          "transfer-encoding",
          "upgrade",
          "expect",
          "te",
          "trailer",
          "keep-alive",
          "proxy-authorization");

  private static final int LONGEST_TIMEOUT = 120;

  /**
   * What an operation is read with.
   *
   * @param timeout and
   * @param retry the definition's own, if it has them
   */
  record Surroundings(
      Map<String, Object> settings,
      Map<String, Login> logins,
      Duration timeout,
      Optional<Retry> retry) {}

  static Operation parse(String name, Node node, Surroundings definition) {
    node.only(Fields.OPERATION);
    refuseForeignFields(name, node);
    Set<Source> sources = sources(name);
    String method = method(node.get("method"));
    Optional<Body> body = Body.parse(node, sources);
    if (body.isPresent() && Set.of("GET", "DELETE").contains(method)) {
      throw node.wrong("has a body, which %s does not carry".formatted(method));
    }
    return new Operation(
        name,
        method,
        UrlTemplate.parse(node.get("url"), definition.settings(), sources),
        node.find("login").map(field -> login(field, definition.logins())),
        node.find("headers").map(field -> headers(field, sources)).orElseGet(Map::of),
        node.find("query")
            .map(field -> Login.templates(field, item -> Template.parse(item, sources)))
            .orElseGet(Map::of),
        body,
        Expectation.parse(node.get("expect")),
        node.find("rejected").map(Operation::expectations).orElseGet(List::of),
        node.find("taken").map(Expectation::parse),
        node.find("extract").map(Operation::pointers).orElseGet(Map::of),
        node.find("items").map(Node::pointer),
        node.find("where").map(Condition::parseAll).orElseGet(List::of),
        node.find("item").map(ListItem::parse),
        node.find("pagination").map(Pagination::parse),
        node.find("timeoutSeconds").map(Operation::timeout).orElse(definition.timeout()),
        node.find("retry")
            .map(Retry::parse)
            .or(definition::retry)
            .orElse(mayBeRepeated(name) ? Retry.STANDARD : Retry.CAREFUL));
  }

  private static void refuseForeignFields(String name, Node node) {
    Map<String, String> homes =
        Map.of(
            "rejected", "verify",
            "taken", "create",
            "items", "list",
            "where", "list",
            "item", "list",
            "pagination", "list");
    homes.forEach(
        (field, home) -> {
          if (node.has(field) && !name.equals(home)) {
            throw node.wrong("has '%s', which is for '%s' only".formatted(field, home));
          }
        });
    if (node.has("extract") && !Set.of("verify", "describe", "create").contains(name)) {
      throw node.wrong("has 'extract', which is for 'verify', 'describe' and 'create' only");
    }
  }

  private static boolean mayBeRepeated(String name) {
    return !Set.of("create", "promote").contains(name);
  }

  private static Set<Source> sources(String name) {
    Set<Source> sources = EnumSet.of(Source.SECRET, Source.SETTING);
    switch (name) {
      case "create" ->
          sources.addAll(EnumSet.of(Source.DESCRIBED, Source.EXPIRY, Source.NAME, Source.KEY));
      case "describe", "revoke", "deactivate" -> sources.add(Source.KEY);
      default -> {}
    }
    return sources;
  }

  private static String method(Node node) {
    if (METHODS.contains(node.text())) {
      return node.text();
    }
    throw node.wrong("is %s; it must be one of %s".formatted(Node.quote(node.text()), METHODS));
  }

  private static Login login(Node node, Map<String, Login> logins) {
    return Optional.ofNullable(logins.get(node.text()))
        .orElseThrow(
            () ->
                node.wrong(
                    "is %s; it must be one of the definition's logins %s"
                        .formatted(Node.quote(node.text()), logins.keySet())));
  }

  static Map<String, Template> headers(Node node, Set<Source> sources) {
    Map<String, Template> headers = new LinkedHashMap<>();
    node.fields()
        .forEach(
            (name, field) -> {
              if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
                throw field.wrong("is not the name of a header");
              }
              if (RESERVED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                throw field.wrong("is a header that the HTTP client sets itself");
              }
              Template value = Template.parse(field, sources);
              if (field.text().chars().anyMatch(character -> character < ' ' || character > '~')) {
                throw field.wrong("has a character that a header can't carry");
              }
              headers.put(name, value);
            });
    return headers;
  }

  /** One, or a list of which any may match. */
  private static List<Expectation> expectations(Node node) {
    return node.value() instanceof List
        ? node.items().stream().map(Expectation::parse).toList()
        : List.of(Expectation.parse(node));
  }

  private static Map<String, JsonPointer> pointers(Node node) {
    Map<String, JsonPointer> pointers = new LinkedHashMap<>();
    node.fields().forEach((name, field) -> pointers.put(name, field.pointer()));
    return pointers;
  }

  static Duration timeout(Node node) {
    return Duration.ofSeconds(node.integer(1, LONGEST_TIMEOUT));
  }

  boolean needsAdmin() {
    return login.stream().anyMatch(Login::isAdmin);
  }

  /** All placeholders, those of the login included. */
  Stream<Placeholder> placeholders() {
    Stream<Stream<Placeholder>> all =
        Stream.of(
            url.path().placeholders(),
            login.stream().flatMap(Login::placeholders),
            headers.values().stream().flatMap(Template::placeholders),
            query.values().stream().flatMap(Template::placeholders),
            body.stream().flatMap(Body::placeholders),
            expect.placeholders(),
            rejected.stream().flatMap(Expectation::placeholders),
            taken.stream().flatMap(Expectation::placeholders),
            where.stream().flatMap(Condition::placeholders));
    return all.flatMap(placeholders -> placeholders);
  }

  boolean uses(Source source, String field) {
    return placeholders()
        .anyMatch(
            placeholder -> placeholder.source() == source && placeholder.field().equals(field));
  }

  /** For messages: names no value. */
  @Override
  public String toString() {
    return "%s (%s %s)".formatted(name, method, url);
  }
}
