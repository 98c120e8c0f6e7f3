package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import java.nio.file.Path;
import java.util.List;

/** What the demo does differently for each engine and strategy. */
interface DemoServer extends AutoCloseable {

  /** What runs, and where it listens. */
  String place();

  /** How passwords are protected on their way and where they are kept. */
  String protection();

  /** The authority that vouches for the certificate, in PEM form. */
  Path caBundle();

  /** The part of a secret that says where the server is. */
  ObjectNode address();

  /** The user that rotates. */
  default String user() {
    return "app";
  }

  /**
   * Gives the user its first password, and has the server log every statement from then on.
   *
   * @param password needs no quoting
   */
  void createUser(Secret password) throws Exception;

  /** Whether rotations read a superuser secret. */
  boolean needsSuperuser();

  /** The superuser's name. */
  String superuser();

  /** The superuser's password. */
  Secret superuserPassword();

  /** On how many servers a login must be accepted. */
  default int nodes() {
    return 1;
  }

  /**
   * Whether every node accepts a login, over TLS.
   *
   * @throws Exception when one can't be asked
   */
  boolean logsIn(String user, Secret password) throws Exception;

  RotationHandler handler(RotationSettings settings);

  /** What the logs are called that have every statement. */
  default String logName() {
    return "the server's log";
  }

  /** What each node has logged so far. */
  List<String> logs();

  /** How to log in as the user from a shell. */
  String shell();

  @Override
  void close();
}
