package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gives a user a second password on every node, and takes the older one away at the next rotation.
 *
 * <p>Nodes share no users, so each is asked what it has, and gets what it should have: the new
 * password and AWSCURRENT's. A node may be logged in to with any version of the secret that it
 * still knows, so one that came back with old users is healed like the others are changed.
 */
abstract class RedisRotator implements OverlappingRotator {

  private final RedisStrategy strategy;
  private final RedisLogins logins;
  private final RedisSettings settings;
  private final boolean superuserConfigured;

  RedisRotator(RedisStrategy strategy, RotationSettings settings) {
    this.strategy = strategy;
    this.logins = new RedisLogins(settings);
    this.settings = RedisSettings.of(settings);
    this.superuserConfigured = settings.superuserSecret().isPresent();
  }

  @Override
  public final SecretDocument create(SecretDocument current, Rotation rotation) {
    read(current);
    return current.with("password", rotation.newPassword());
  }

  @Override
  public final Verdict check(SecretDocument candidate, Rotation rotation) {
    RedisSecret secret = read(candidate);
    try (RedisNodes nodes = RedisNodes.open(secret, List.of(secret.login()), logins, rotation)) {
      if (nodes.allRefused()) {
        return Verdict.REJECTED;
      }
      if (nodes.someRefused()) {
        rotation.log(
            "a password of '%s' that %s accepts is refused by %s"
                .formatted(secret.login().username(), nodes.whoAccepted(), nodes.whoRefused()));
        return Verdict.INCOMPLETE;
      }
      return Verdict.ACCEPTED;
    }
  }

  @Override
  public final Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    RedisSecret next = read(pending);
    String username = next.login().username();
    RedisLogin owner = next.loggedInAs(authority).login();
    if (!owner.username().equals(username)) {
      return rotation.refuse(
          "it is of user '%s' and AWSPENDING of '%s', but a user keeps its name"
              .formatted(owner.username(), username));
    }
    RedisLogin inUse = next.loggedInAs(rotation.current()).login();
    // nobody but the user itself may change it, whatever rights AWSCURRENT's has
    RedisLogin current = inUse.username().equals(username) ? inUse : owner;
    Change change =
        (members, followers, complete) ->
            bring(next.login(), current, owner, members, followers, complete, rotation);
    return isBySuperuser(pending)
        ? bySuperuser(next, pending, owner, rotation, change)
        : byLogins(next, List.of(current, owner, next.login()), rotation, change);
  }

  @Override
  public final void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    RedisSecret secret = read(current);
    RedisLogin lasting = secret.login();
    RedisLogin ending = secret.loggedInAs(old).login();
    if (!ending.username().equals(lasting.username()) || ending.hash().equals(lasting.hash())) {
      return;
    }
    Change change =
        (members, followers, complete) ->
            end(ending, lasting, members, followers, complete, rotation);
    Verdict verdict =
        isBySuperuser(current)
            ? bySuperuser(secret, current, lasting, rotation, change)
            : byLogins(secret, List.of(lasting, ending), rotation, change);
    if (verdict == Verdict.REJECTED) {
      rotation.log(
          "a node refuses AWSCURRENT and AWSPREVIOUS, which may not have ended everywhere; setSecret looks after that");
    }
  }

  /** The secret of a user that this strategy can rotate. */
  RedisSecret read(SecretDocument secret) {
    return RedisSecret.read(secret);
  }

  private boolean isBySuperuser(SecretDocument secret) {
    return superuserConfigured || secret.find("masterarn").isPresent();
  }

  // What is done on all nodes

  /**
   * What to do when all nodes that let us in have been looked at. While another one, at which
   * replicas or Sentinels may log in, has not (complete=false), they keep their password, and none
   * ends.
   */
  @FunctionalInterface
  private interface Change {
    void on(List<RedisMember> members, RedisFollowers followers, boolean complete);
  }

  /**
   * The new password and AWSCURRENT's are let in, also by a node that had lost the latter. If no
   * node knows AWSCURRENT's, somebody has stored a wrong value by hand, and the one that let us in
   * is kept instead.
   */
  private static void bring(
      RedisLogin next,
      RedisLogin current,
      RedisLogin owner,
      List<RedisMember> members,
      RedisFollowers followers,
      boolean complete,
      Rotation rotation) {
    followers.requireWritable(next.password());
    boolean currentIsKnown = members.stream().anyMatch(member -> member.accepts(current));
    Set<String> wanted =
        Stream.of(next, currentIsKnown ? current : owner)
            .map(RedisLogin::hash)
            .collect(Collectors.toSet());
    if (!complete || !followers.isEmpty()) {
      members.forEach(member -> member.add(next, wanted));
    }
    if (!complete) {
      return;
    }
    followers.use(next.password());
    for (RedisMember member : members) {
      long others = member.others(wanted);
      member.setOnly(next, wanted);
      if (others > 0) {
        rotation.log(
            "%s let '%s' in with %d older or foreign password(s), which have ended"
                .formatted(member.node(), next.username(), others));
      }
    }
  }

  /** To end the only value that works would lock everybody out. */
  private void end(
      RedisLogin ending,
      RedisLogin lasting,
      List<RedisMember> members,
      RedisFollowers followers,
      boolean complete,
      Rotation rotation) {
    if (!complete) {
      return;
    }
    if (members.stream().noneMatch(member -> member.accepts(lasting))) {
      rotation.log("no node accepts AWSCURRENT, so AWSPREVIOUS was not ended");
      return;
    }
    followers.requireWritable(lasting.password());
    followers.use(lasting.password());
    List<RedisCommand> then =
        settings.closeOldConnections()
            ? List.of(RedisCommand.of("CLIENT KILL", "USER", lasting.username()))
            : List.of();
    members.forEach(member -> member.end(ending, lasting, then));
  }

  // Who does it

  private Verdict byLogins(
      RedisSecret where, List<RedisLogin> tried, Rotation rotation, Change change)
      throws InterruptedException {
    try (RedisNodes nodes =
        RedisNodes.open(where, tried.stream().distinct().toList(), logins, rotation)) {
      if (nodes.allRefused()) {
        return Verdict.REJECTED;
      }
      apply(change, nodes, where.login().username(), where, tried.get(0), rotation);
      return nodes.someRefused()
          ? rotation.refuse(
              "refused by %s, while %s accepts it or AWSCURRENT"
                  .formatted(nodes.whoRefused(), nodes.whoAccepted()))
          : Verdict.ACCEPTED;
    }
  }

  /**
   * The owner's login is proven at the target itself, wherever an older version says that it is.
   */
  private Verdict bySuperuser(
      RedisSecret where,
      SecretDocument document,
      RedisLogin owner,
      Rotation rotation,
      Change change)
      throws Exception {
    return rotation.asSuperuser(
        document.with("username", owner.username()).with("password", owner.password()),
        superuser -> {
          RedisSecret admin = where.asSuperuser(superuser.login());
          try (RedisNodes nodes =
              RedisNodes.open(admin, List.of(admin.login()), logins, rotation)) {
            if (nodes.someRefused()) {
              throw new RotationException(
                  PRIVILEGE,
                  "Redis at %s refuses the login of the superuser secret ('%s'); correct that secret, or rotate it"
                      .formatted(nodes.whoRefused(), admin.login().username()));
            }
            apply(change, nodes, owner.username(), admin, admin.login(), rotation);
            return Verdict.ACCEPTED;
          }
        });
  }

  private void apply(
      Change change,
      RedisNodes nodes,
      String username,
      RedisSecret where,
      RedisLogin login,
      Rotation rotation)
      throws InterruptedException {
    boolean withSettings = nodes.severalServers() || strategy == RedisStrategy.REQUIREPASS;
    List<RedisMember> members =
        nodes.open().stream()
            .map(node -> RedisMember.read(node, username, strategy, withSettings, settings))
            .toList();
    try (RedisFollowers followers =
        RedisFollowers.of(members, username, where, login, logins, rotation)) {
      change.on(members, followers, followers.isEmpty() || !nodes.someRefused());
    }
  }
}
