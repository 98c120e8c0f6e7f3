package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.StagingLabels.AWSCURRENT;
import static io.github.keyturn.StagingLabels.AWSPENDING;
import static io.github.keyturn.StagingLabels.AWSPREVIOUS;

import io.github.keyturn.RotationSteps.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The values of a secret, as credentials that may bring a new one to the target: current, pending
 * itself, then every other version, newest first. A version that an abandoned rotation left behind
 * is the newest of those, and may be the only one that the target still accepts.
 */
final class Authorities {

  /** Where a login is sent to. An older version that names none of it is no stranger. */
  private static final List<String> ADDRESS_FIELDS = List.of("host", "port", "nodes", "url");

  /** As many as Secrets Manager keeps. */
  private static final int VERSIONS_TRIED = 100;

  private static final int REASONS_TOLD = 6;

  private final RotationSteps steps;
  private final Rotator rotator;
  private final Rotation rotation;
  private final SecretStore store;
  private final Set<SecretDocument> tried = new HashSet<>();
  private final List<String> reasons = new ArrayList<>();
  private RotationException.Reason failure = REJECTED;

  Authorities(RotationSteps steps, Rotator rotator, Rotation rotation, SecretStore store) {
    this.steps = steps;
    this.rotator = rotator;
    this.rotation = rotation;
    this.store = store;
  }

  /**
   * Sets the pending value with the first of them that is not refused.
   *
   * @throws RotationException REJECTED, or MISCONFIGURED when AWSCURRENT was no wrong password,
   *     with what was said of each, when none is left
   */
  Outcome bring(SecretDocument pending, SecretDocument current) throws Exception {
    if (sets(pending, current, AWSCURRENT)) {
      return Outcome.APPLIED;
    }
    if (sets(pending, pending, AWSPENDING)) {
      return Outcome.RECOVERED;
    }
    requireStillPending();
    for (String version : otherVersions()) {
      if (steps.timeLeft().isZero()) {
        reasons.add(version + ": no time left to try it, nor those before it");
        break;
      }
      if (setsWithOlder(version, pending, current)) {
        steps.log("the target refused AWSCURRENT; recovered with the value of version " + version);
        return Outcome.RECOVERED;
      }
    }
    throw nobody();
  }

  private boolean sets(SecretDocument pending, SecretDocument authority, String name)
      throws Exception {
    if (!tried.add(authority)) {
      return false;
    }
    steps.takeRefusal();
    if (rotator.set(pending, authority, rotation) != Verdict.REJECTED) {
      return true;
    }
    Optional<String> why = steps.takeRefusal();
    if (reasons.isEmpty() && why.isPresent()) {
      failure = MISCONFIGURED;
    }
    reasons.add(name + ": " + why.orElse("login refused"));
    return false;
  }

  private boolean setsWithOlder(String version, SecretDocument pending, SecretDocument current)
      throws Exception {
    Optional<SecretDocument> older = steps.readOlder(version);
    if (older.isEmpty()) {
      return false;
    }
    if (!sameAddress(older.get(), current)) {
      reasons.add(version + ": names another target");
      return false;
    }
    try {
      return sets(pending, older.get(), version);
    } catch (RotationException e) {
      if (e.reason() != MISCONFIGURED) {
        throw e;
      }
      reasons.add(version + ": " + e.problem());
      return false;
    }
  }

  private static boolean sameAddress(SecretDocument older, SecretDocument current) {
    return ADDRESS_FIELDS.stream()
        .allMatch(
            field ->
                !older.names().contains(field)
                    || !current.names().contains(field)
                    || older.agrees(current, field));
  }

  /** A rotation that was given up must not overrule the one that came after it. */
  private void requireStillPending() {
    if (store.readPending(steps.secretId(), steps.token()).isEmpty()) {
      throw new RotationException(
          CONFLICT,
          "AWSPENDING has left version %s while setSecret ran, so this rotation was given up and nothing was changed"
              .formatted(steps.token()));
    }
  }

  private List<String> otherVersions() {
    List<String> versions;
    try {
      versions = store.history(steps.secretId());
    } catch (RotationException e) {
      if (e.reason() != PRIVILEGE) {
        throw e;
      }
      steps.log(
          "may not list the secret's versions, so only AWSPREVIOUS is tried: " + e.getMessage());
      versions = store.describe(steps.secretId()).versionWith(AWSPREVIOUS).stream().toList();
    }
    return versions.stream().limit(VERSIONS_TRIED).toList();
  }

  private RotationException nobody() {
    String told = String.join("; ", reasons.subList(0, Math.min(REASONS_TOLD, reasons.size())));
    int more = reasons.size() - REASONS_TOLD;
    return new RotationException(
        failure,
        "none of the %d values of this secret can set the new one (%s%s); set AWSCURRENT's password at the target by hand, or store the right one with PutSecretValue, and rotate again (a locked or expired user counts as refused)"
            .formatted(reasons.size(), told, more > 0 ? "; and %d more".formatted(more) : ""));
  }
}
