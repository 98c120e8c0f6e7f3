package io.github.keyturn.redis;

import io.github.keyturn.Rotation;
import io.github.keyturn.Secret;
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
      Rotation rotation) {
    RedisSentinels all = RedisSentinels.open(where, login, logins, rotation);
    try {
      return new RedisFollowers(
          members.stream().filter(RedisMember::replicates).toList(),
          all.open().isEmpty() ? List.of() : followers(all, members, username, rotation),
          all);
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /**
   * A Sentinel tells nobody as whom it logs in, but the data nodes do. One that none of them has
   * seen, because its password is an old one, is taken to log in as its siblings do.
   */
  private static List<RedisSentinel> followers(
      RedisSentinels all, List<RedisMember> members, String username, Rotation rotation) {
    Map<String, Set<String>> usersById = new HashMap<>();
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
    Map<RedisSentinel, Set<String>> users = new HashMap<>();
    all.open()
        .forEach(
            sentinel -> users.put(sentinel, usersById.getOrDefault(sentinel.shortId(), Set.of())));
    boolean anyIsOurs = users.values().stream().anyMatch(seen -> seen.contains(username));
    users.forEach(
        (sentinel, seen) -> {
          if (seen.isEmpty() && !anyIsOurs) {
            rotation.log(
                "%s is connected to no data node, so as whom it logs in can't be told, and its auth-pass stays"
                    .formatted(sentinel));
          }
        });
    return users.entrySet().stream()
        .filter(
            seen -> seen.getValue().contains(username) || (anyIsOurs && seen.getValue().isEmpty()))
        .map(Map.Entry::getKey)
        .toList();
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
