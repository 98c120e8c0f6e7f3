package io.github.keyturn.testkit.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A provider of API keys on 127.0.0.1, over plain HTTP: it answers as the provider of its profile
 * says in its public documentation, and lets a test look behind its doors.
 */
public final class StandInProvider implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // the JDK's server sends head and body apart, and waits 40 ms between them without this
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Profile profile;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(StandInProvider::daemon);
  private final Deque<Prepared> prepared = new ConcurrentLinkedDeque<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** An answer that a test has prepared. */
  private record Prepared(String request, int status, Map<String, String> headers, String body) {}

  private StandInProvider(Profile profile, HttpServer server) {
    this.profile = profile;
    this.server = server;
  }

  /** Starts a server of its own. */
  public static StandInProvider start(ProviderProfile profile) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      StandInProvider provider = new StandInProvider(profile.create(), server);
      server.setExecutor(provider.threads);
      server.createContext("/", provider::answer);
      server.start();
      return provider;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "stand-in provider");
    thread.setDaemon(true);
    return thread;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** The same as a URL, without a slash at its end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + address().getPort());
  }

  // What a test prepares

  /** A new customer, with one key that was made by hand. */
  public Account newAccount() {
    return profile.newAccount();
  }

  /** The secret that the customer would store for its oldest key, as JSON. */
  public String secret(Account account) {
    return json(profile.secret(account, profile.keys.of(account).get(0)));
  }

  /** The secret of the customer's credential that manages keys, as JSON. */
  public String admin(Account account) {
    return json(profile.admin(account));
  }

  /** Makes a key as a person would: one that no rotation knows. */
  public String makeByHand(Account account, String name) {
    String id = profile.keyId();
    profile.keys.issue(account, id, name, profile.keyValue());
    return id;
  }

  /** Ends a key as a person would. */
  public void revokeByHand(String value) {
    profile.keys.withValue(value).ifPresent(profile.keys::remove);
  }

  /** From now on a new key is accepted only after this time. */
  public void propagation(Duration delay) {
    profile.keys.propagation(delay);
  }

  /** Lists show only keys that are older than this. */
  public void listLag(Duration lag) {
    profile.keys.listLag(lag);
  }

  /** From now on every key may manage the keys of its account, itself included. */
  public void letKeysManageKeys() {
    profile.letKeysManageKeys();
  }

  /** How many keys an account may have. */
  public void limit(int most) {
    profile.keys.limit(most);
  }

  /**
   * The next request of this kind gets this answer, whatever it asks for.
   *
   * @param request method and beginning of the path: {@code POST /v3/api_keys}
   */
  public void answerNext(String request, int status, Map<String, String> headers, String body) {
    prepared.add(new Prepared(request, status, headers, body));
  }

  // What a test looks at

  /** Whether this value logs in. */
  public boolean accepts(String value) {
    return profile.accepts(value);
  }

  /** The account whose key this is or was. */
  public Account ownerOf(String value) {
    return profile.keys.ownerOf(value).orElseThrow();
  }

  /**
   * All keys of an account that log in: their ids, or their values where keys have none, as they
   * stand in the secret.
   */
  public Set<String> liveKeys(Account account) {
    return profile.keys.of(account).stream()
        .filter(Key::isLive)
        .map(profile::credential)
        .collect(Collectors.toSet());
  }

  /** The names of all keys of an account. */
  public List<String> names(Account account) {
    return profile.keys.of(account).stream().map(Key::name).toList();
  }

  /** Method and path of every request so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Forgets the requests so far. */
  public void forgetRequests() {
    requests.clear();
  }

  // The server

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getRawPath();
      requests.add(method + " " + path);
      Optional<Prepared> inPlace = takePrepared(method + " " + path);
      if (inPlace.isPresent()) {
        exchange.getRequestBody().readAllBytes();
        send(exchange, inPlace.get());
        return;
      }
      Optional<Profile.Match> match = profile.match(method, path);
      Map<String, String> variables = match.map(Profile.Match::variables).orElseGet(Map::of);
      Call call = Call.read(exchange, variables);
      boolean down = profile.accountOf(call).filter(Account::isOutOfOrder).isPresent();
      Reply reply =
          down
              ? Reply.of(503, Map.of("message", "out of order"))
              : match
                  .map(found -> found.answer().apply(call))
                  .orElseGet(() -> Reply.of(404, Map.of("message", "no such resource")));
      String body = reply.body() == null ? "" : JSON.writeValueAsString(reply.body());
      send(exchange, new Prepared("", reply.status(), reply.headers(), body));
    }
  }

  private Optional<Prepared> takePrepared(String request) {
    return prepared.stream()
        .filter(answer -> request.startsWith(answer.request()))
        .findFirst()
        .filter(prepared::remove);
  }

  private static void send(HttpExchange exchange, Prepared answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a profile's secret is no JSON", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
