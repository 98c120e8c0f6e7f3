package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says in our words what a server said. Errors are told apart by their code, the first word, and
 * where that is only {@code ERR}, by the text, which no server translates.
 */
final class RedisErrors {

  private RedisErrors() {}

  /** The server does not know the user or the password, or the user is switched off. */
  static boolean isRefusedLogin(RedisReply.Refusal refusal) {
    return refusal.is("WRONGPASS");
  }

  /** A Sentinel, or a server, that answers nobody without a login. */
  static boolean isLoginRequired(RedisReply.Refusal refusal) {
    return refusal.is("NOAUTH");
  }

  /** What {@code ACL SAVE} answers where users are not kept in a file of their own. */
  static boolean isWithoutAclFile(RedisReply.Refusal refusal) {
    return refusal.message().contains("not configured to use an ACL file");
  }

  /** What {@code CONFIG REWRITE} answers where the server was started with arguments. */
  static boolean isWithoutConfigFile(RedisReply.Refusal refusal) {
    return refusal.message().contains("running without a config file");
  }

  /** The file is there, and the disk or its rights are not as they should be. */
  static boolean isUnableToSave(RedisReply.Refusal refusal) {
    return refusal.message().contains("error trying to save the ACLs")
        || refusal.message().contains("Rewriting config file");
  }

  private static boolean isMissingRight(RedisReply.Refusal refusal) {
    return refusal.is("NOPERM");
  }

  /** What to throw for a command that a server refuses. */
  static RotationException explain(
      RedisReply.Refusal refusal, String server, String username, RedisCommand command) {
    String said = refusal.message();
    if (isMissingRight(refusal)) {
      return exception(
          PRIVILEGE,
          "%s does not let '%s' run %s; grant it as docs/strategies.md says, or name a superuser secret that may"
              .formatted(server, username, command.name()));
    }
    if (said.startsWith("ERR unknown command") || said.startsWith("ERR unknown subcommand")) {
      return exception(
          MISCONFIGURED,
          "%s has no command %s: it is older than Redis 6, it has renamed the command, or it is a managed service, whose users are changed by its own API (Amazon ElastiCache: ModifyUser, MemoryDB: UpdateUser)"
              .formatted(server, command.name()));
    }
    if (command.name().equals("AUTH") && said.startsWith("ERR wrong number of arguments")) {
      return exception(
          MISCONFIGURED, server + " has no users: it is older than Redis 6; upgrade it");
    }
    if (refusal.is("DENIED")) {
      return exception(
          MISCONFIGURED,
          server
              + " is in protected mode and lets in only clients of its own machine; set a password"
              + " for the default user, or bind it to an address");
    }
    if (refusal.is("LOADING")) {
      return exception(
          NETWORK, server + " is still loading its data; Secrets Manager will retry the rotation");
    }
    if (refusal.is("BUSY")) {
      return exception(
          CONFLICT,
          server + " is busy with a script or a function; Secrets Manager will retry the rotation");
    }
    if (said.startsWith("ERR max number of clients")) {
      return exception(
          THROTTLED,
          server + " has no connection left (maxclients); Secrets Manager will retry the rotation");
    }
    // AUTH and the like repeat their arguments in some errors
    return exception(FAILED, "%s refuses %s: %s".formatted(server, command.name(), said));
  }

  /** What to throw when a server can't be asked. */
  static RotationException unreachable(IOException failure, String server) {
    if (isTlsFailure(failure) && !hungUp(failure)) {
      return exception(
          TLS,
          "TLS with %s failed (%s); set TLS_CA_BUNDLE to a PEM file of the authority that signed its certificate, let the certificate hold the node's announced name or address or the secret's host, and set tls-auth-clients to no or optional there"
              .formatted(server, deepest(failure)),
          failure);
    }
    return exception(
        NETWORK,
        "%s can't be reached, or has ended the connection (%s%s); check host, port and security groups, and that the function is in its VPC; a node that is gone for good must be forgotten by its siblings, or taken off the secret's list; if nodes announce addresses of another network, list all nodes in the secret's field 'nodes'"
            .formatted(server, deepest(failure), hint(failure)),
        failure);
  }

  private static String hint(IOException failure) {
    return hungUp(failure)
        ? ", as a server does that wants TLS and gets plaintext, that wants a certificate of its"
            + " clients (tls-auth-clients), or that has no connection left (maxclients)"
        : "";
  }

  /** Perhaps amid a handshake, and then it was no certificate that it did not like. */
  private static boolean hungUp(IOException failure) {
    Throwable deepest = deepestCause(failure);
    return deepest instanceof EOFException || deepest.getClass() == SocketException.class;
  }

  /** Refused plaintext is no reason to send a password in it. */
  static RotationException withoutTls(String server, IOException failure) {
    return exception(
        TLS,
        server
            + " does not support TLS; switch it on there, or say ssl=false in the secret, or set"
            + " ALLOW_PLAINTEXT for the time of a migration",
        failure);
  }

  /** A chain that is not trusted, or a certificate that holds another name. */
  static boolean isCertificateProblem(IOException failure) {
    return hasCause(failure, GeneralSecurityException.class);
  }

  private static boolean isTlsFailure(IOException failure) {
    return hasCause(failure, SSLException.class) || isCertificateProblem(failure);
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable deepestCause(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private static String deepest(Throwable failure) {
    Throwable deepest = deepestCause(failure);
    return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
  }

  private static RotationException exception(Reason reason, String message) {
    return new RotationException(reason, message);
  }

  private static RotationException exception(Reason reason, String message, Throwable cause) {
    return new RotationException(reason, message, cause);
  }
}
