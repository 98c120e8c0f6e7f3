package io.github.keyturn.redis;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A data node, and what it holds of the user that rotates. */
final class RedisMember {

  private static final RedisCommand MASTERUSER = RedisCommand.of("CONFIG GET", "masteruser");
  private static final RedisCommand MASTERAUTH = RedisCommand.of("CONFIG GET", "masterauth");
  private static final RedisCommand REQUIREPASS = RedisCommand.of("CONFIG GET", "requirepass");

  private final RedisNode node;
  private final RedisStrategy strategy;
  private final RedisSaving saving;
  private final Passwords passwords;
  private final RedisSaving savingOfPasswords;
  private Set<String> hashes;
  private boolean saved;

  /**
   * The passwords among a node's settings, which it keeps as they are.
   *
   * @param masterauth what it logs in with at its primary, now or once it gets one; blank if it
   *     does so as another user, or not at all
   * @param requirepass the default user's, as the setting has it
   */
  private record Passwords(Secret masterauth, Secret requirepass) {

    private static final Secret NONE = Secret.of("");

    static Passwords none() {
      return new Passwords(NONE, NONE);
    }

    boolean replicates() {
      return !masterauth.equals(NONE);
    }
  }

  private RedisMember(
      RedisNode node,
      RedisStrategy strategy,
      RedisSaving saving,
      Passwords passwords,
      RedisSaving savingOfPasswords,
      Set<String> hashes) {
    this.node = node;
    this.strategy = strategy;
    this.saving = saving;
    this.passwords = passwords;
    this.savingOfPasswords = savingOfPasswords;
    this.hashes = hashes;
  }

  /**
   * Looks at a node, and proves that it can save what will be changed.
   *
   * @param withSettings whether its settings may hold a password of the user too
   * @throws RotationException when something is in the way; nothing is changed then
   */
  static RedisMember read(
      RedisNode node,
      String username,
      RedisStrategy strategy,
      boolean withSettings,
      RedisSettings settings) {
    List<RedisCommand> questions =
        new ArrayList<>(List.of(RedisSaving.SAVE_USERS, RedisUser.get(username)));
    if (withSettings) {
      questions.addAll(List.of(MASTERUSER, MASTERAUTH, REQUIREPASS));
    }
    List<RedisReply> replies = node.askAll(questions);
    for (int i = 1; i < questions.size(); i++) {
      node.accepted(replies.get(i), questions.get(i));
    }
    RedisUser user = RedisUser.read(replies.get(1), username, node);
    Passwords passwords =
        withSettings ? passwords(replies.subList(2, replies.size()), username) : Passwords.none();
    RedisSaving saving = RedisSaving.prove(node, replies.get(0), settings);
    return new RedisMember(
        node,
        strategy.requireUsable(node, saving),
        saving,
        passwords,
        passwords.replicates() && saving == RedisSaving.ACL_FILE
            ? RedisSaving.proveConfigFile(node, settings)
            : saving,
        user.hashes());
  }

  private static Passwords passwords(List<RedisReply> replies, String username) {
    String masteruser = setting(replies.get(0), "masteruser");
    String replicatesAs = masteruser.isEmpty() ? RedisLogin.DEFAULT_USER : masteruser;
    return new Passwords(
        replicatesAs.equals(username)
            ? Secret.of(setting(replies.get(1), "masterauth"))
            : Passwords.NONE,
        Secret.of(setting(replies.get(2), "requirepass")));
  }

  private static String setting(RedisReply reply, String name) {
    return reply.fields().getOrDefault(name, new RedisReply.Nothing()).text();
  }

  RedisNode node() {
    return node;
  }

  boolean accepts(RedisLogin login) {
    return hashes.contains(login.hash());
  }

  /** The passwords besides these. */
  long others(Set<String> known) {
    return hashes.stream().filter(hash -> !known.contains(hash)).count();
  }

  /** Whether it logs in as the user at its primary, now or once it gets one. */
  boolean replicates() {
    return passwords.replicates();
  }

  /** Lets the user in with these passwords too. */
  void add(RedisLogin main, Set<String> added) {
    Set<String> all = new HashSet<>(hashes);
    all.addAll(added);
    set(main, all, List.of());
  }

  /** Lets the user in with these passwords and no others. */
  void setOnly(RedisLogin main, Set<String> only) {
    set(main, only, List.of());
  }

  /**
   * Lets the user in with one of its passwords no longer.
   *
   * @param then what to do at once when it has ended
   */
  void end(RedisLogin ending, RedisLogin main, List<RedisCommand> then) {
    Set<String> rest = new HashSet<>(hashes);
    boolean ends = rest.remove(ending.hash());
    rest.add(main.hash());
    set(main, rest, ends ? then : List.of());
  }

  /** In one write, so that what was changed is saved even if this function ends here. */
  private void set(RedisLogin main, Set<String> wanted, List<RedisCommand> then) {
    boolean inPlace =
        wanted.equals(hashes) && strategy.isInStep(main.password(), passwords.requirepass());
    List<RedisCommand> commands = new ArrayList<>();
    if (!inPlace) {
      commands.addAll(strategy.set(main, wanted));
    }
    if (!inPlace || !saved) {
      commands.addAll(saving.commands());
    }
    commands.addAll(then);
    if (!commands.isEmpty()) {
      node.requireAll(commands);
    }
    hashes = wanted;
    saved = true;
  }

  /** Logs in at its primary with this password from its next connection on. */
  void replicateWith(Secret password) {
    if (replicates() && !passwords.masterauth().equals(password)) {
      List<RedisCommand> commands =
          new ArrayList<>(List.of(RedisCommand.of("CONFIG SET", "masterauth").and(password)));
      commands.addAll(
          savingOfPasswords == RedisSaving.NOT_AT_ALL
              ? List.of()
              : RedisSaving.CONFIG_FILE.commands());
      node.requireAll(commands);
    }
  }
}
