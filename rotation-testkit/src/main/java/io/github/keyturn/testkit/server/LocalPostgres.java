package io.github.keyturn.testkit.server;

import static java.nio.file.StandardOpenOption.APPEND;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs the binaries from Maven as a child of this machine's init, through {@code pg_ctl}. */
final class LocalPostgres extends PostgresServer implements OpenServers.Local {

  // An address, because localhost may mean ::1 first, where nobody listens.
  private static final String HOST = "127.0.0.1";

  private final Path binaries;
  private final ServerUser user;
  private final int port;

  private LocalPostgres(
      Secret password, Map<String, String> settings, Path folder, Path binaries, ServerUser user)
      throws IOException {
    super(password, settings, folder);
    this.binaries = binaries;
    this.user = user;
    this.port = freePort();
  }

  static LocalPostgres start(Secret password, Map<String, String> settings) throws IOException {
    CompletableFuture<Certificates> certificates =
        CompletableFuture.supplyAsync(Certificates::ofThisJvm);
    LocalPostgres server = create(password, settings, PostgresBinaries.unpacked());
    try {
      server.initialize();
      server.writeKeyPair(certificates.join());
      server.configure(server.effectiveSettings(Map.of("listen_addresses", HOST)));
      server.configure(Map.of("port", String.valueOf(server.port), "unix_socket_directories", ""));
      server.restart();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static LocalPostgres create(Secret password, Map<String, String> settings, Path binaries)
      throws IOException {
    ServerUser user = ServerUser.forThisProcess();
    Path folder = user.createFolder("keyturn-postgres-");
    LocalPostgres server = new LocalPostgres(password, settings, folder, binaries, user);
    OpenServers.add(server);
    return server;
  }

  private void initialize() throws IOException {
    Path passwordFile = user.createFile(folder().resolve("superuser-password"));
    try {
      Files.writeString(passwordFile, superuserPassword().reveal());
      run(
          "initdb",
          "--pgdata=" + data(),
          "--username=" + superuser(),
          "--auth=scram-sha-256",
          "--pwfile=" + passwordFile,
          "--encoding=UTF8",
          "--locale=C",
          "--no-sync");
    } finally {
      Files.delete(passwordFile);
    }
  }

  /** Under the names that PostgreSQL looks for by itself, so that a standby's copy works too. */
  private void writeKeyPair(Certificates certificates) throws IOException {
    Files.writeString(
        user.createFile(data().resolve("server.crt")), certificates.serverCertificate());
    Files.writeString(
        user.createFile(data().resolve("server.key")), certificates.serverKey().reveal());
  }

  private void configure(Map<String, String> settings) throws IOException {
    Files.writeString(data().resolve("postgresql.conf"), "\n" + configuration(settings), APPEND);
  }

  @Override
  public String host() {
    return HOST;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String log() {
    return Folders.text(logFile());
  }

  @Override
  public void stop() {
    stop("fast");
  }

  private void stop(String mode) {
    if (Files.exists(data().resolve("postmaster.pid"))) {
      control("stop", "--mode=" + mode, "--wait");
    }
  }

  @Override
  public void restart() {
    stop();
    control("start", "--wait", "--log=" + logFile());
  }

  /**
   * A copy of the data at rest, because the binaries come without {@code pg_basebackup}: hence the
   * restart.
   */
  @Override
  public PostgresServer standby() {
    try {
      LocalPostgres standby = create(superuserPassword(), settings(), binaries);
      try {
        copyDataTo(standby);
        user.createFile(standby.data().resolve("standby.signal"));
        standby.configure(
            Map.of("port", String.valueOf(standby.port), "primary_conninfo", connectionInfo()));
        standby.restart();
        return standby;
      } catch (IOException | RuntimeException e) {
        standby.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void copyDataTo(LocalPostgres standby) throws IOException {
    stop();
    try {
      Program.run(
          folder(),
          user.command(List.of("cp", "-a", data().toString(), standby.data().toString())));
    } finally {
      restart();
    }
  }

  private String connectionInfo() {
    return "host=%s port=%d user=%s password=%s"
        .formatted(HOST, port, superuser(), superuserPassword().reveal());
  }

  @Override
  public void close() {
    if (!OpenServers.remove(this)) {
      return;
    }
    try {
      stop("immediate");
    } finally {
      deleteFolder();
    }
  }

  private void control(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--pgdata=" + data());
    all.add("--silent");
    try {
      run("pg_ctl", all.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage() + "\n" + log(), e);
    }
  }

  private void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binaries.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    Program.run(folder(), user.command(command));
  }

  private Path data() {
    return folder().resolve("data");
  }

  private Path logFile() {
    return folder().resolve("server.log");
  }
}
