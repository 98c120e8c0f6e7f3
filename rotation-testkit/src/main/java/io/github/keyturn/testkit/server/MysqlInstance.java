package io.github.keyturn.testkit.server;

import java.nio.file.Path;

/** A MySQL or MariaDB, wherever it runs. */
interface MysqlInstance {

  /** Everything of this instance's on this machine is here. */
  Path folder();

  String host();

  int port();

  String errorLog();

  String generalLog();

  String slowLog();

  void stop();

  void restart();

  void close();
}
