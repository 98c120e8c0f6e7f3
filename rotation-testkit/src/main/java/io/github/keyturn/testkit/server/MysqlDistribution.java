package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What MySQL and MariaDB have not in common: their binaries, and how their data begins. */
sealed interface MysqlDistribution permits MysqlBinaries, MariaDbBinaries {

  /** The name it is known by. */
  String product();

  /** The binaries, unpacked. */
  Path unpacked(BinaryCache cache) throws IOException;

  /** The server's program below the unpacked binaries. */
  String program();

  /** The settings of every server, also while its data is made. */
  Map<String, String> settings();

  /**
   * Makes the data that a server starts with, by a program that ends.
   *
   * @param command the server's program with its settings
   * @param folder for files in between
   */
  void initialize(List<String> command, Path folder, ServerUser user) throws IOException;

  /** The statements that make the superuser the only user, with their password in no log. */
  List<String> superuser(String name, Secret password);

  /** The image of the container that is to be the same. */
  String image();

  /** What tells the image the superuser's password, which then appears in no log. */
  Map<String, String> environment(Secret password);

  /** A setting in the form of the server's command line. */
  static String option(String name, String value) {
    return "--" + name.replace('_', '-') + "=" + value;
  }
}
