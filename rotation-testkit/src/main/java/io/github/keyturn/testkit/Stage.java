package io.github.keyturn.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.LocalSecretsManager;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** One trial's own account, secret, Secrets Manager and function. */
final class Stage implements AutoCloseable {

  static final String AWSCURRENT = "AWSCURRENT";
  static final String AWSPENDING = "AWSPENDING";
  static final String AWSPREVIOUS = "AWSPREVIOUS";
  private static final String SECRET = "contract/account";
  private static final String SUPERUSER = "contract/superuser";

  private final RotatorContract contract;
  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final int nodes;
  private final Proxy proxy;
  private final boolean overlaps;
  private final Leaks leaks;
  private final SecretDocument initial;
  private final String arn;
  private final List<Failure> unexpected = new ArrayList<>();
  private final List<String> tokens = new ArrayList<>();
  private Function function;
  private boolean refused;
  private boolean cutOff;

  Stage(RotatorContract contract, boolean overlaps, Executor threads) throws Exception {
    this.contract = contract;
    this.overlaps = overlaps;
    List<InetSocketAddress> targets = contract.targets();
    this.nodes = Math.max(1, targets.size());
    this.proxy = Proxy.open(targets, threads);
    SecretDocument account = contract.newAccount(proxy.addresses());
    this.leaks = new Leaks(contract.secretFields(account));
    this.initial = ForeignFields.addTo(withSuperuser(account));
    leaks.learn(initial);
    this.arn = secrets.createSecret(SECRET, initial.json());
    this.function = newFunction(outside(), Trial.TIMEOUT);
  }

  private SecretDocument withSuperuser(SecretDocument account) throws Exception {
    Optional<SecretDocument> superuser = contract.superuser(proxy.addresses());
    if (superuser.isEmpty()) {
      return account;
    }
    leaks.learn(superuser.get());
    return account.with("masterarn", secrets.createSecret(SUPERUSER, superuser.get().json()));
  }

  // The function

  /** A function on its own way to Secrets Manager, beside the one that steps are delivered to. */
  Function newFunction(Outside way) {
    return newFunction(way, Trial.TIMEOUT);
  }

  private Function newFunction(Outside way, Duration timeout) {
    try {
      return new Function(
          contract.rotator(),
          contract.settings(),
          new WatchedStore(contract.store(secrets), way, this::learn),
          timeout,
          leaks::logged);
    } catch (Exception e) {
      throw new IllegalStateException("rotator() failed", e);
    }
  }

  private void learn(Secret value) {
    leaks.learn(SecretDocument.parse(value));
  }

  /** What comes now comes to a new process; nothing of the old one is left. */
  void coldStart() {
    coldStart(Trial.TIMEOUT);
  }

  /** The same, with this much time for each step of the new process. */
  void coldStart(Duration timeout) {
    proxy.cutAll();
    function.close();
    proxy.awaitEndOfCutConnections();
    outside().newFunction();
    function = newFunction(outside(), timeout);
  }

  Outside outside() {
    return proxy.outside();
  }

  /** A rotation starts: AWSPENDING is on a new version, without a value. */
  String stage() {
    String token = secrets.stage(SECRET);
    tokens.add(token);
    return token;
  }

  /** Of all rotations so far. */
  List<String> tokens() {
    return List.copyOf(tokens);
  }

  String lastToken() {
    return tokens.get(tokens.size() - 1);
  }

  /** One invocation. A function that died in it is replaced. */
  Optional<Failure> deliver(Step step, String token) throws Exception {
    outside().beginStep(step, function.timeout());
    Optional<Failure> failure = run(function, step, token);
    outside().endStep();
    if (outside().functionDead()) {
      failure = Optional.of(failure.orElseGet(() -> new Failure(step, new FunctionDied())));
      coldStart();
    }
    if (failure.isPresent()) {
      noteIfRefused();
    }
    return failure;
  }

  Optional<Failure> run(Function invoked, Step step, String token) {
    try {
      invoked.run(step, arn, token);
      return Optional.empty();
    } catch (Throwable e) {
      leaks.thrown(e);
      return Optional.of(new Failure(step, e));
    } finally {
      // Lambda does not hand an interrupt on to the next invocation
      Thread.interrupted();
    }
  }

  /** The four steps, until one fails. */
  Optional<Failure> rotate(String token) throws Exception {
    return rotate(token, Step.FINISH);
  }

  /** The steps up to this one, until one fails. */
  Optional<Failure> rotate(String token, Step last) throws Exception {
    for (Step step : Step.values()) {
      if (step.compareTo(last) <= 0) {
        Optional<Failure> failure = deliver(step, token);
        if (failure.isPresent()) {
          return failure;
        }
      }
    }
    return Optional.empty();
  }

  /** The four steps, each in a process of its own. */
  Optional<Failure> rotateColdly(String token) throws Exception {
    for (Step step : Step.values()) {
      coldStart();
      Optional<Failure> failure = deliver(step, token);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  /** A rotation that nothing disturbs and that has to come to its end. */
  String rotate() throws Exception {
    String token = stage();
    mustSucceed(rotate(token));
    return token;
  }

  void mustSucceed(Optional<Failure> failure) {
    failure.ifPresent(unexpected::add);
  }

  // What a trial asks, and does by hand

  Optional<Failure> unexpectedFailure() {
    return unexpected.stream().findFirst();
  }

  /** Whether AWSCURRENT was refused in the middle of a rotation, where it must not be. */
  boolean wasRefused() {
    return refused;
  }

  void noteIfRefused() throws Exception {
    // nobody can tell while nobody is let in
    refused |= overlaps && !cutOff && !logsIn(current());
  }

  boolean overlaps() {
    return overlaps;
  }

  /** By the hook, if there is one; by the proxy it is {@link Outside#targetDown}. */
  void cutOffByHook(boolean off) throws Exception {
    cutOff = off;
    contract.cutOff(initial, off);
  }

  /** At every node: a client may reach any of them. */
  boolean logsIn(SecretDocument document) throws Exception {
    for (int node = 0; node < nodes; node++) {
      if (!contract.logsIn(document, node)) {
        return false;
      }
    }
    return true;
  }

  /** At one node at least. */
  boolean logsInAnywhere(SecretDocument document) throws Exception {
    for (int node = 0; node < nodes; node++) {
      if (contract.logsIn(document, node)) {
        return true;
      }
    }
    return false;
  }

  /** What one of several nodes has now. */
  RotatorContract.NodeState remember(int node) throws Exception {
    return contract.remember(current(), node).orElseThrow();
  }

  SecretDocument current() {
    return SecretDocument.parse(secrets.store().readCurrent(SECRET).value());
  }

  SecretDocument initial() {
    return initial;
  }

  Optional<SecretDocument> version(String id) {
    return secrets.store().read(SECRET, id).map(SecretDocument::parse);
  }

  Optional<String> versionWith(String label) {
    return secrets.store().describe(SECRET).versionWith(label);
  }

  Map<String, Set<String>> labels() {
    return secrets.store().describe(SECRET).labels();
  }

  List<SecretDocument> allVersions() {
    return secrets.store().history(SECRET).stream().flatMap(id -> version(id).stream()).toList();
  }

  /** As createSecret would have stored it. */
  void putPending(String token, SecretDocument value) {
    secrets.store().putPending(SECRET, token, value.json(), null);
  }

  /** PutSecretValue by a person. */
  String storeByHand(SecretDocument value) {
    return secrets.putSecretValue(SECRET, value.json());
  }

  /** UpdateSecretVersionStage by a person. */
  void moveByHand(String label, String from, Optional<String> to) {
    ObjectNode request =
        JsonNodeFactory.instance
            .objectNode()
            .put("SecretId", SECRET)
            .put("VersionStage", label)
            .put("RemoveFromVersionId", from);
    to.ifPresent(version -> request.put("MoveToVersionId", version));
    secrets.call("UpdateSecretVersionStage", request);
  }

  List<SecretDocument> labelledVersions() {
    return labels().keySet().stream().flatMap(id -> version(id).stream()).toList();
  }

  Leaks leaks() {
    return leaks;
  }

  @Override
  public void close() {
    function.close();
    proxy.close();
    secrets.close();
  }
}
