package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.THROTTLED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.net.http.HttpRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider's API for keys, as its definition describes it, for one invocation. */
final class Provider {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /** A list is never so long that it is worth an endless loop. */
  private static final int MOST_PAGES = 200;

  private final ProviderDefinition definition;
  private final HttpTransport transport;
  private final Invocation invocation;
  private final ProviderErrors errors;
  private final Map<Object, Secret> tokens = new HashMap<>();

  Provider(ProviderDefinition definition, HttpTransport transport, Invocation invocation) {
    this.definition = definition;
    this.transport = transport;
    this.invocation = invocation;
    this.errors = new ProviderErrors(definition);
  }

  // The operations

  /** Whether the provider accepts a value; an answer that says neither is an exception. */
  Verdict verify(SecretDocument candidate) throws InterruptedException {
    return verified(candidate).isPresent() ? Verdict.ACCEPTED : Verdict.REJECTED;
  }

  private Optional<Answer> verified(SecretDocument candidate) throws InterruptedException {
    Operation verify = definition.operation("verify");
    Values values = Values.of(Party.of(candidate), definition);
    // a token may live longer than the secret that it was given for
    tokens.clear();
    try {
      Answer answer = send(verify, values, Map.of());
      Object json = answer.json().orElse(null);
      if (verify.expect().matches(answer.status(), json, values)) {
        return Optional.of(answer);
      }
      if (verify.rejected().stream()
          .anyMatch(refusal -> refusal.matches(answer.status(), json, values))) {
        return Optional.empty();
      }
      throw errors.unexpected(verify, answer, values);
    } catch (LoginRefusedException e) {
      return Optional.empty();
    }
  }

  /**
   * The id of the key in a value: as the provider tells of an accepted one, else as the value says.
   * Who may write the secret can note another key's id there, so the provider's word comes first.
   */
  KeyId idOf(SecretDocument value) throws InterruptedException {
    Optional<KeyId> told = toldId(value);
    return told.isPresent()
        ? told.get()
        : notedId(value).orElse(tellsIds() ? KeyId.NONE : KeyId.UNKNOWN);
  }

  boolean tellsIds() {
    return !definition.operation("verify").extract().isEmpty();
  }

  /** The id that the provider tells, which it does of a value that it accepts. */
  Optional<KeyId> toldId(SecretDocument value) throws InterruptedException {
    Operation verify = definition.operation("verify");
    JsonPointer pointer = definition.secretId().map(verify.extract()::get).orElse(null);
    return pointer == null
        ? Optional.empty()
        : verified(value).map(answer -> KeyId.of(extract(verify, answer, pointer)));
  }

  /** The id that the value says, which nobody has proven. */
  Optional<KeyId> notedId(SecretDocument value) {
    return value.isBare()
        ? Optional.empty()
        : definition.secretId().flatMap(value::find).map(KeyId::of);
  }

  /** What {@code describe} extracts; empty without that operation. */
  Map<String, Object> describe(Party party) throws InterruptedException, LoginRefusedException {
    Optional<Operation> describe = definition.find("describe");
    if (describe.isEmpty()) {
      return Map.of();
    }
    Answer answer = call(describe.get(), about(party, describe.get()));
    Map<String, Object> described = new LinkedHashMap<>();
    describe
        .get()
        .extract()
        .forEach(
            (name, pointer) -> {
              Object found = answer.json().map(pointer::find).orElse(null);
              if (found != null) {
                described.put(name, found);
              }
            });
    return described;
  }

  /** Values for an operation on the key that the secret holds. */
  Values about(Party party, Operation operation) throws InterruptedException {
    Values values = Values.of(party, definition);
    if (!operation.uses(Source.KEY, "id")) {
      return values;
    }
    KeyId id = idOf(party.secret());
    return id.exists() ? values.withKeyId(id.text()) : values;
  }

  /** All keys that the provider lists, over all pages. */
  List<ProviderKey> list(Party party) throws InterruptedException, LoginRefusedException {
    Operation list = definition.operation("list");
    Values values = Values.of(party, definition);
    List<ProviderKey> keys = new ArrayList<>();
    Pages pages = new Pages(list);
    for (Optional<Map<String, String>> page = pages.first();
        page.isPresent();
        page = pages.next()) {
      if (pages.count() > MOST_PAGES) {
        throw new RotationException(
            FAILED,
            "%s goes on after %d pages; correct its 'pagination'".formatted(list, MOST_PAGES));
      }
      Answer answer = expected(list, send(list, values, page.get()), values);
      List<?> items = items(list, answer);
      pages.read(answer, items.size());
      for (Object item : items) {
        if (list.where().stream().allMatch(condition -> condition.holds(item, values))) {
          keys.add(key(list, item));
        }
      }
    }
    return keys;
  }

  private List<?> items(Operation list, Answer answer) {
    Object found =
        answer.json().map(list.items().orElse(new JsonPointer("", List.of()))::find).orElse(null);
    if (found instanceof List<?> items) {
      return items;
    }
    throw errors.without(
        list,
        answer,
        "a list at " + list.items().map(JsonPointer::toString).orElse("the whole answer"));
  }

  private ProviderKey key(Operation list, @Nullable Object item) {
    ListItem places = list.item().orElseThrow();
    String id =
        scalar(item, places.id())
            .orElseThrow(
                () ->
                    new RotationException(
                        FAILED,
                        "%s has an entry without a text or a number at %s"
                            .formatted(list, places.id())));
    return new ProviderKey(
        id,
        places.name().flatMap(place -> scalar(item, place)),
        places.value().flatMap(place -> scalar(item, place)).map(invocation::issued));
  }

  private static Optional<String> scalar(@Nullable Object json, JsonPointer place) {
    return Optional.ofNullable(place.find(json))
        .filter(found -> !(found instanceof Map) && !(found instanceof List))
        .map(Object::toString)
        .filter(text -> !text.isBlank());
  }

  /** Makes a key, and gives what is to be stored of it. */
  Map<String, String> create(Values values) throws InterruptedException, LoginRefusedException {
    Operation create = definition.operation("create");
    Answer answer = call(create, values);
    Map<String, String> extracted = new LinkedHashMap<>();
    // the key first, so that it is known as a secret before anything else can fail
    JsonPointer key = create.extract().get(definition.secretValue());
    if (key != null) {
      extracted.put(
          definition.secretValue(), invocation.issued(extract(create, answer, key)).reveal());
    }
    create
        .extract()
        .forEach((name, pointer) -> extracted.put(name, extract(create, answer, pointer)));
    return extracted;
  }

  /** Whether there is a secondary key already, so that {@code create} was refused. */
  Optional<Map<String, String>> createUnlessTaken(Values values)
      throws InterruptedException, LoginRefusedException {
    Operation create = definition.operation("create");
    Answer answer = send(create, values, Map.of());
    Object json = answer.json().orElse(null);
    if (create.taken().orElseThrow().matches(answer.status(), json, values)) {
      return Optional.empty();
    }
    expected(create, answer, values);
    JsonPointer key = Objects.requireNonNull(create.extract().get(definition.secretValue()));
    String issued = invocation.issued(extract(create, answer, key)).reveal();
    return Optional.of(Map.of(definition.secretValue(), issued));
  }

  /** Ends a key; one that is gone already is no error, if the definition expects that status. */
  void revoke(Party party, String keyId) throws InterruptedException, LoginRefusedException {
    Values values = Values.of(party, definition).withKeyId(keyId);
    Optional<Operation> deactivate = definition.find("deactivate");
    if (deactivate.isPresent()) {
      call(deactivate.get(), values);
    }
    call(definition.operation("revoke"), values);
  }

  void call(String operation, Party party) throws InterruptedException, LoginRefusedException {
    call(definition.operation(operation), Values.of(party, definition));
  }

  // One call

  private Answer call(Operation operation, Values values)
      throws InterruptedException, LoginRefusedException {
    return expected(operation, send(operation, values, Map.of()), values);
  }

  private Answer expected(Operation operation, Answer answer, Values values)
      throws LoginRefusedException {
    if (operation.expect().matches(answer.status(), answer.json().orElse(null), values)) {
      return answer;
    }
    if (answer.status() == 401 && operation.login().isPresent()) {
      throw errors.refused(operation, operation.needsAdmin());
    }
    throw errors.unexpected(operation, answer, values);
  }

  /** Sends a request, again if the server is busy, and gives the last answer. */
  private Answer send(Operation operation, Values values, Map<String, String> page)
      throws InterruptedException, LoginRefusedException {
    HttpRequest.Builder request = Requests.of(operation, values, page);
    if (operation.login().orElse(null) instanceof Login.ClientCredentials login) {
      request.setHeader("Authorization", "Bearer " + token(operation, login, values).reveal());
    }
    return send(request, operation.url(), operation.toString(), operation, values);
  }

  private Answer send(
      HttpRequest.Builder request, UrlTemplate url, String what, Operation operation, Values values)
      throws InterruptedException {
    Retry retry = operation.retry();
    for (int attempt = 1; ; attempt++) {
      Duration timeout = min(operation.timeout(), timeLeft(what));
      Answer answer = transport.send(request.build(), url.origin(), values.secret(), what, timeout);
      if (!retry.statuses().contains(answer.status()) || attempt == retry.attempts()) {
        return answer;
      }
      pause(answer, attempt, what);
    }
  }

  private void pause(Answer answer, int attempt, String what) throws InterruptedException {
    Duration pause =
        answer
            .retryAfter()
            .flatMap(Provider::parseRetryAfter)
            .orElse(FIRST_PAUSE.multipliedBy(1L << (attempt - 1)));
    if (pause.compareTo(LONGEST_PAUSE) > 0 || pause.compareTo(invocation.timeLeft()) >= 0) {
      throw new RotationException(
          THROTTLED,
          "%s was answered with %d and a request to wait %d seconds, which is longer than this function can; Secrets Manager will retry the rotation"
              .formatted(what, answer.status(), pause.toSeconds()));
    }
    Thread.sleep(pause.toMillis());
  }

  /** Seconds, or a date. */
  private static Optional<Duration> parseRetryAfter(String text) {
    try {
      if (text.strip().matches("[0-9]{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text.strip())));
      }
      Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip()));
      Duration until = Duration.between(Instant.now(), date);
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Duration timeLeft(String what) {
    Duration left = invocation.timeLeft();
    if (left.toMillis() <= 0) {
      throw new RotationException(
          NETWORK,
          "no time is left for %s; give the function a longer timeout, or find out what took so long"
              .formatted(what));
    }
    return left;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Secret token(Operation operation, Login.ClientCredentials login, Values values)
      throws InterruptedException, LoginRefusedException {
    Object owner = List.of(login, login.isAdmin() ? values.admin() : values.secret());
    Secret known = tokens.get(owner);
    if (known != null) {
      return known;
    }
    String what = "the token for %s (POST %s)".formatted(operation.name(), login.tokenUrl());
    Answer answer =
        send(Requests.forToken(login, values), login.tokenUrl(), what, operation, values);
    if (isRefusedClient(answer)) {
      throw errors.refusedToken(what, login.isAdmin());
    }
    Object token =
        answer
            .json()
            .map(json -> new JsonPointer("/access_token", List.of("access_token")).find(json))
            .orElse(null);
    if (answer.status() != 200
        || !(token instanceof String text)
        || text.isBlank()
        || !Escape.fitsHeader(text)) {
      throw errors.noToken(what, answer);
    }
    Secret issued = invocation.issued(text);
    tokens.put(owner, issued);
    return issued;
  }

  /** RFC 6749, 5.2: invalid_client, with 401, or with 400 where the client did not use a header. */
  private static boolean isRefusedClient(Answer answer) {
    Object error =
        answer
            .json()
            .map(json -> new JsonPointer("/error", List.of("error")).find(json))
            .orElse(null);
    return answer.status() == 401 || (answer.status() == 400 && "invalid_client".equals(error));
  }

  /** A text or a number; without it the answer is of no use. */
  private String extract(Operation operation, Answer answer, JsonPointer pointer) {
    return scalar(answer.json().orElse(null), pointer)
        .orElseThrow(() -> errors.without(operation, answer, "a text at " + pointer));
  }
}
