package io.github.keyturn.testkit;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.SecretStore;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The contract of {@code docs/contract.md}, for the rotator that a subclass names: it rotates many
 * accounts, lets the function die before and after every single external call, and does to it
 * whatever else Secrets Manager, a network and people do.
 *
 * <p>Three methods are needed. The others enable more rules; a rule that can't be tried is skipped,
 * and says which method it needs. All of them are called from several threads at once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
public abstract class RotatorContract {

  private static final int FINDINGS_SHOWN = 10;

  private Optional<ContractResult> result = Optional.empty();

  /** For subclasses. */
  protected RotatorContract() {}

  /** A new rotator, as a new process of the function makes it. */
  protected abstract Rotator rotator() throws Exception;

  /**
   * A new account at the target, and the secret that its owner would store.
   *
   * @param address where the secret says that the target is: the kit's proxy in front of {@link
   *     #target()}, with which it cuts connections; of no use without {@code target()}
   */
  protected abstract SecretDocument newAccount(InetSocketAddress address) throws Exception;

  /**
   * Whether the target accepts this value now: asked as a client would, at the target's own
   * address, whatever the value says.
   */
  protected abstract boolean logsIn(SecretDocument value) throws Exception;

  /** Where the target is, for the proxy; without it, only calls of Secrets Manager are cut. */
  protected Optional<InetSocketAddress> target() {
    return Optional.empty();
  }

  /**
   * Where the nodes of the target are, if it has several that must all accept a login: the kit puts
   * a proxy in front of each, lets each die in the middle of a rotation, and asks each with {@link
   * #logsIn(SecretDocument, int)}.
   */
  protected List<InetSocketAddress> targets() {
    return target().stream().toList();
  }

  /**
   * A new account at a target of several nodes.
   *
   * @param addresses where the secret says that the nodes are, in the order of {@link #targets()}
   */
  protected SecretDocument newAccount(List<InetSocketAddress> addresses) throws Exception {
    return newAccount(addresses.get(0));
  }

  /**
   * Whether one of several nodes accepts this value now, asked as {@link #logsIn(SecretDocument)}
   * is.
   *
   * @param node its place in {@link #targets()}, from 0
   */
  protected boolean logsIn(SecretDocument value, int node) throws Exception {
    return logsIn(value);
  }

  /**
   * Notes what one of several nodes has of this account, and gives what puts that back: as if the
   * node had been away since, and came back with what it had then. Without it that is not tried.
   *
   * @param node its place in {@link #targets()}, from 0
   */
  protected Optional<NodeState> remember(SecretDocument account, int node) throws Exception {
    return Optional.empty();
  }

  /** What a node had of an account. */
  @FunctionalInterface
  public interface NodeState {
    /** Puts it back. */
    void restore() throws Exception;
  }

  /**
   * The names of all credentials that the account has at the target: user names, ids of keys, or
   * the keys themselves, as they stand in a field of the secret; or the SHA-256 of such a field, in
   * hexadecimal. Without it R6 is skipped.
   */
  protected Optional<Set<String>> liveCredentials(SecretDocument current) throws Exception {
    return Optional.empty();
  }

  /**
   * Puts the target out of order for this account, or in order again, in a way that the proxy
   * can't: an HTTP API that answers 503. The accounts of other threads go on meanwhile.
   *
   * @return whether the target can do this; false when this method does nothing
   */
  protected boolean cutOff(SecretDocument account, boolean off) throws Exception {
    return false;
  }

  /**
   * The superuser's secret, for rotators that need one; the account's {@code masterarn} names it.
   */
  protected Optional<SecretDocument> superuser(InetSocketAddress address) throws Exception {
    return Optional.empty();
  }

  /** The superuser's secret at a target of several nodes. */
  protected Optional<SecretDocument> superuser(List<InetSocketAddress> addresses) throws Exception {
    return superuser(addresses.get(0));
  }

  /** The settings of the function. */
  protected RotationSettings settings() {
    return RotationSettings.from(Map.of("SETTLE_SECONDS", "0"));
  }

  /** Whether AWSCURRENT works at every moment; true for every {@link OverlappingRotator}. */
  protected boolean overlaps() throws Exception {
    return rotator() instanceof OverlappingRotator;
  }

  /**
   * Whether the rotator ends what earlier rotations left at the target, also those that were given
   * up: then R6 finds every credential that no version with a label holds, but for the account's
   * first one, which a person has made. Otherwise it is only noted if an old version or a label
   * still leads to it.
   */
  protected boolean cleansUp() {
    return false;
  }

  /** The fields that must not be seen; by default those whose names look so. */
  protected Set<String> secretFields(SecretDocument value) {
    return value.names().stream()
        .filter(RotatorContract::looksSecret)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean looksSecret(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return Stream.of("pass", "secret", "key", "token", "credential", "private")
            .anyMatch(name::contains)
        && Stream.of("id", "name", "arn").noneMatch(name::endsWith);
  }

  @BeforeAll
  final void runContract() throws Exception {
    result = Optional.of(ContractRun.of(this));
  }

  @AfterAll
  final void writeReport() throws IOException {
    if (result.isPresent()) {
      new ContractReport(reportFolder()).add(getClass().getName(), result.get());
    }
  }

  /** Where the report goes. */
  Path reportFolder() {
    return Path.of("target");
  }

  /** What the function knows as Secrets Manager: the kit's tests put a broken one there. */
  SecretStore store(LocalSecretsManager secrets) {
    return secrets.store();
  }

  /** One in how many trials is tried: all of them, unless the environment asks for a sample. */
  int oneIn() {
    return Sample.ofEnvironment();
  }

  /** Whether a trial is worth its time: the kit's tests leave some out. */
  boolean tries(Trial trial) {
    return true;
  }

  @Test
  @Order(1)
  @DisplayName("R1: after a rotation the target accepts the current value")
  final void r1() {
    verify(Rule.R1);
  }

  @Test
  @Order(2)
  @DisplayName("R2: foreign fields survive")
  final void r2() {
    verify(Rule.R2);
  }

  @Test
  @Order(3)
  @DisplayName("R3: a crash before or after any external call is healed by running the steps again")
  final void r3() {
    verify(Rule.R3);
  }

  @Test
  @Order(4)
  @DisplayName("R4: an abandoned rotation breaks neither the next one nor the clients")
  final void r4() {
    verify(Rule.R4);
  }

  @Test
  @Order(5)
  @DisplayName("R5: every step twice is as once, also at the same time")
  final void r5() {
    verify(Rule.R5);
  }

  @Test
  @Order(6)
  @DisplayName("R6: crashes leave no credential that nobody knows")
  final void r6() {
    verify(Rule.R6);
  }

  @Test
  @Order(7)
  @DisplayName("R7: no failure and no log shows a secret")
  final void r7() {
    verify(Rule.R7);
  }

  @Test
  @Order(8)
  @DisplayName("R8: an unreachable target is an exception, not REJECTED")
  final void r8() {
    verify(Rule.R8);
  }

  @Test
  @Order(9)
  @DisplayName("R9: a wrong password is REJECTED, not an exception")
  final void r9() {
    verify(Rule.R9);
  }

  @Test
  @Order(10)
  @DisplayName("R10: overlapping: the old value works until it is retired")
  final void r10() {
    verify(Rule.R10);
  }

  private void verify(Rule rule) {
    ContractResult found = result.orElseThrow();
    List<Finding> findings = found.findings(rule);
    if (!findings.isEmpty()) {
      Assertions.fail(message(rule, findings, found.outcomes().size()));
    }
    Optional.ofNullable(found.skipped().get(rule)).ifPresent(Assumptions::abort);
  }

  private static String message(Rule rule, List<Finding> findings, int trials) {
    return "%d times in %d trials, %s is broken (%s):%n%s%s"
        .formatted(
            findings.size(),
            trials,
            rule,
            rule.words(),
            findings.stream()
                .limit(FINDINGS_SHOWN)
                .map(Finding::toString)
                .collect(Collectors.joining(System.lineSeparator())),
            findings.size() > FINDINGS_SHOWN ? System.lineSeparator() + "…" : "");
  }
}
