package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.util.List;

/** How a server brings its users over a restart. */
enum RedisSaving {
  /** It keeps them in a file of their own. */
  ACL_FILE,
  /** It keeps them among its other settings. */
  CONFIG_FILE,
  /** It does not, and a setting of the function allows that. */
  NOT_AT_ALL;

  static final RedisCommand SAVE_USERS = RedisCommand.of("ACL SAVE");
  private static final RedisCommand REWRITE = RedisCommand.of("CONFIG REWRITE");

  List<RedisCommand> commands() {
    return switch (this) {
      case ACL_FILE -> List.of(SAVE_USERS);
      case CONFIG_FILE -> List.of(REWRITE);
      case NOT_AT_ALL -> List.of();
    };
  }

  /**
   * Finds out by saving, before anything is changed: who can't do it then can't do it later.
   *
   * @param saved the reply to {@link #SAVE_USERS}
   * @throws RotationException MISCONFIGURED when a restart would bring old passwords back
   */
  static RedisSaving prove(RedisNode node, RedisReply saved, RedisSettings settings) {
    if (!(saved instanceof RedisReply.Refusal refusal)) {
      return ACL_FILE;
    }
    if (RedisErrors.isWithoutAclFile(refusal)) {
      return proveConfigFile(node, settings);
    }
    if (RedisErrors.isUnableToSave(refusal)) {
      return lost(node, "can't write its ACL file; make it writable", settings);
    }
    throw node.explain(refusal, SAVE_USERS);
  }

  /** The same for what stands in the configuration file in any case. */
  static RedisSaving proveConfigFile(RedisNode node, RedisSettings settings) {
    if (!(node.ask(REWRITE) instanceof RedisReply.Refusal refusal)) {
      return CONFIG_FILE;
    }
    if (RedisErrors.isWithoutConfigFile(refusal)) {
      return lost(
          node,
          "was started without a configuration file, and without an ACL file; give it one",
          settings);
    }
    if (RedisErrors.isUnableToSave(refusal)) {
      return lost(node, "can't write its configuration file; make it writable", settings);
    }
    throw node.explain(refusal, REWRITE);
  }

  private static RedisSaving lost(RedisNode node, String why, RedisSettings settings) {
    if (!settings.allowUnsaved()) {
      throw new RotationException(
          MISCONFIGURED,
          "%s %s: a restart would bring the old passwords back and lose the new one, so nothing was changed; to rotate all the same, set %s=true"
              .formatted(node, why, RedisSettings.ALLOW_UNSAVED));
    }
    node.log(
        "%s %s: a restart will bring the old passwords back, and %s is set"
            .formatted(node, why, RedisSettings.ALLOW_UNSAVED));
    return NOT_AT_ALL;
  }
}
