package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.POLICY;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /** What ends a word in a Sentinel's file, or begins one in quotes. */
  private static final Pattern UNWRITABLE = Pattern.compile("[\"'\\s\\p{Cntrl}]");

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
    Map<RedisSentinel, String> ids = new HashMap<>();
    all.open().forEach(sentinel -> ids.put(sentinel, sentinel.shortId()));
    Map<String, RedisAddress> strangers = all.strangers(ids.values());
    Map<String, Set<String>> usersById = usersById(ids.values(), members, rotation);
    boolean anyIsOurs =
        Stream.concat(ids.values().stream(), strangers.keySet().stream())
            .anyMatch(id -> usersById.getOrDefault(id, Set.of()).contains(username));
    Map<RedisSentinel, Set<String>> users = new HashMap<>();
    ids.forEach((sentinel, id) -> users.put(sentinel, usersById.getOrDefault(id, Set.of())));
    if (anyIsOurs) {
      requireKnown(users, strangers.values());
    }
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
   * Any client may call itself by a Sentinel's name, and may make one up that the others believe
   * in; neither must get a password, nor take one from a Sentinel.
   */
  private static void requireKnown(
      Map<RedisSentinel, Set<String>> users, Collection<RedisAddress> strangers) {
    users.forEach(
        (sentinel, seen) -> {
          if (seen.size() > 1) {
            throw new RotationException(
                MISCONFIGURED,
                "clients of several users call themselves %s at the data nodes: %s; end those that are none (CLIENT LIST, CLIENT KILL)"
                    .formatted(sentinel, seen.stream().sorted().toList()));
          }
        });
    if (!strangers.isEmpty()) {
      throw new RotationException(
          MISCONFIGURED,
          "Sentinels know of others at %s that the secret's field 'sentinels' does not list; list them there, so that they get the new password, or if they are none of yours, SENTINEL RESET %s"
              .formatted(
                  strangers.stream().map(RedisAddress::toString).sorted().toList(),
                  users.keySet().iterator().next().master()));
    }
  }

  /**
   * As whom the Sentinels of these ids, and others, are logged in. From Redis 7 on it closes its
   * connections when its auth-pass is set, and between two attempts to connect it lets a second
   * pass.
   */
  private static Map<String, Set<String>> usersById(
      Collection<String> ids, List<RedisMember> members, Rotation rotation)
      throws InterruptedException {
    Map<String, Set<String>> usersById = new HashMap<>();
    Instant end = Instant.now().plus(shorter(LONGEST_ABSENCE, rotation.timeLeft()));
    addUsers(usersById, members);
    while (!usersById.keySet().containsAll(ids) && Instant.now().isBefore(end)) {
      Thread.sleep(PAUSE.toMillis());
      addUsers(usersById, members);
    }
    return usersById;
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

  /**
   * A Sentinel writes its auth-pass to its file without quotes, and does not start again with a
   * file that it can't read.
   *
   * @throws RotationException POLICY when it would be such a file
   */
  void requireWritable(Secret password) {
    if (!sentinels.isEmpty() && UNWRITABLE.matcher(password.reveal()).find()) {
      throw new RotationException(
          POLICY,
          "the password has a quote, a space or a control character, with which %s could not read its own file after a restart; add quotes and spaces to EXCLUDE_CHARACTERS and rotate again"
              .formatted(sentinels.get(0)));
    }
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
