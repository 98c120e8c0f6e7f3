package io.github.keyturn.redis;

import io.github.keyturn.Rotation;
import io.github.keyturn.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The servers that log in to others as the user that rotates: replicas at their primary, and
 * Sentinels at all of them. They must have the new password before an old one ends.
 */
final class RedisFollowers implements AutoCloseable {

  private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final RedisCommand CLIENT_LIST = RedisCommand.of("CLIENT LIST");

  /** A Sentinel's connection among the clients of a data node. */
  private static final Pattern SENTINEL =
      Pattern.compile("\\bname=sentinel-([0-9a-f]+)-cmd\\b.*\\buser=(\\S+)");

  private final List<RedisMember> replicas;
  private final List<RedisSentinel> sentinels;
  private final RedisSentinels all;

  private RedisFollowers(
      List<RedisMember> replicas, List<RedisSentinel> sentinels, RedisSentinels all) {
    this.replicas = replicas;
    this.sentinels = sentinels;
    this.all = all;
  }

  /**
   * Finds them.
   *
   * @param login for Sentinels that want one
   */
  static RedisFollowers of(
      List<RedisMember> members,
      String username,
      RedisSecret where,
      RedisLogin login,
      RedisLogins logins,
      Rotation rotation)
      throws InterruptedException {
    RedisSentinels all = RedisSentinels.open(where, login, logins, rotation);
    try {
      return new RedisFollowers(
          members.stream().filter(RedisMember::replicates).toList(),
          all.open().isEmpty() ? List.of() : followers(all, members, username, rotation),
          all);
    } catch (RuntimeException | InterruptedException e) {
      all.close();
      throw e;
    }
  }

  /**
   * A Sentinel tells nobody as whom it logs in, but the data nodes do. One that none of them has
   * seen, because its password is an old one, is taken to log in as its siblings do.
   */
  private static List<RedisSentinel> followers(
      RedisSentinels all, List<RedisMember> members, String username, Rotation rotation)
      throws InterruptedException {
    Map<RedisSentinel, Set<String>> users = users(all, members, rotation);
    boolean anyIsOurs = users.values().stream().anyMatch(seen -> seen.contains(username));
    users.forEach(
        (sentinel, seen) -> {
          if (seen.isEmpty() && !anyIsOurs) {
            rotation.log(
                "%s is connected to no data node, so as whom it logs in can't be told, and its auth-pass stays; if it logs in as '%s', tell it the password: SENTINEL SET %s auth-pass"
                    .formatted(sentinel, username, sentinel.master()));
          }
        });
    return users.entrySet().stream()
        .filter(
            seen -> seen.getValue().contains(username) || (anyIsOurs && seen.getValue().isEmpty()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * As whom each Sentinel is logged in. From Redis 7 on it closes its connections when its
   * auth-pass is set, and between two attempts to connect it lets a second pass.
   */
  private static Map<RedisSentinel, Set<String>> users(
      RedisSentinels all, List<RedisMember> members, Rotation rotation)
      throws InterruptedException {
    Map<RedisSentinel, String> ids = new HashMap<>();
    all.open().forEach(sentinel -> ids.put(sentinel, sentinel.shortId()));
    Map<String, Set<String>> usersById = new HashMap<>();
    Instant end = Instant.now().plus(shorter(LONGEST_ABSENCE, rotation.timeLeft()));
    addUsers(usersById, members);
    while (!usersById.keySet().containsAll(ids.values()) && Instant.now().isBefore(end)) {
      Thread.sleep(PAUSE.toMillis());
      addUsers(usersById, members);
    }
    Map<RedisSentinel, Set<String>> users = new HashMap<>();
    ids.forEach((sentinel, id) -> users.put(sentinel, usersById.getOrDefault(id, Set.of())));
    return users;
  }

  private static void addUsers(Map<String, Set<String>> usersById, List<RedisMember> members) {
    for (RedisMember member : members) {
      SENTINEL
          .matcher(member.node().require(CLIENT_LIST).text())
          .results()
          .forEach(
              found ->
                  usersById
                      .computeIfAbsent(found.group(1), id -> new HashSet<>())
                      .add(found.group(2)));
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  boolean isEmpty() {
    return replicas.isEmpty() && sentinels.isEmpty();
  }

  /** They log in with this password from their next connection on. */
  void use(Secret password) {
    replicas.forEach(replica -> replica.replicateWith(password));
    sentinels.forEach(sentinel -> sentinel.follow(password));
  }

  @Override
  public void close() {
    all.close();
  }
}
