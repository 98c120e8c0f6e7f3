package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the binaries from Maven as a child of this JVM. */
final class LocalMysql implements MysqlInstance, OpenServers.Local {

  // An address, because localhost may mean ::1 first, where nobody listens.
  private static final String HOST = "127.0.0.1";
  private static final String READY = "ready for connections";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long STOP_SECONDS = 30;

  private final MysqlTemplate template;
  private final Map<String, String> settings;
  private final ServerUser user;
  private final Path folder;
  private final int port;
  private volatile @Nullable Process process;

  private LocalMysql(MysqlTemplate template, Map<String, String> settings, ServerUser user)
      throws IOException {
    this.template = template;
    this.settings = Map.copyOf(settings);
    this.user = user;
    this.folder = MysqlTemplate.createFolder(template.distribution(), user);
    this.port = DatabaseServer.freePort();
  }

  static LocalMysql start(
      MysqlDistribution distribution, Secret password, Map<String, String> settings)
      throws IOException {
    CompletableFuture<Certificates> certificates =
        CompletableFuture.supplyAsync(Certificates::ofThisJvm);
    ServerUser user = ServerUser.forThisProcess();
    MysqlTemplate template = MysqlTemplate.of(distribution, user);
    LocalMysql server = new LocalMysql(template, settings, user);
    OpenServers.add(server);
    try {
      template.copyData(server.folder, user);
      server.writeKeyPair(certificates.join());
      server.startFirst(password);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void writeKeyPair(Certificates certificates) throws IOException {
    Files.writeString(user.createFile(folder.resolve("server-ca.crt")), certificates.ca());
    Files.writeString(
        user.createFile(folder.resolve("server.crt")), certificates.serverCertificate());
    Files.writeString(
        user.createFile(folder.resolve("server.key")), certificates.serverKey().reveal());
  }

  private void startFirst(Secret password) throws IOException {
    Path script = user.createFile(folder.resolve("superuser.sql"));
    try {
      List<String> statements =
          template.distribution().superuser(MysqlProtocolServer.SUPERUSER, password);
      Files.writeString(script, String.join(";\n", statements) + ";\n");
      start(List.of("--init-file=" + script));
    } finally {
      Files.delete(script);
    }
  }

  private void start(List<String> more) throws IOException {
    List<String> command = template.command(data());
    // Relative to the data, because the path of a socket has to be short.
    command.add("--socket=server.sock");
    command.addAll(more);
    effectiveSettings()
        .forEach((name, value) -> command.add(MysqlDistribution.option(name, value)));
    int before = errorLog().length();
    Process started =
        Program.builder(folder, user.command(command))
            .redirectOutput(Redirect.appendTo(errorLogFile().toFile()))
            .start();
    process = started;
    Instant end = Instant.now().plus(PATIENCE);
    while (errorLog().indexOf(READY, before) < 0) {
      boolean ended = awaitEnd(started, 10, TimeUnit.MILLISECONDS);
      if (ended || Instant.now().isAfter(end)) {
        throw new IOException(
            "%s %s:\n%s"
                .formatted(
                    product(),
                    ended
                        ? "ended at its start"
                        : "is not ready after " + PATIENCE.toSeconds() + " s",
                    errorLog()));
      }
    }
  }

  /** The caller's settings come last, and win. */
  private Map<String, String> effectiveSettings() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("bind_address", HOST);
    all.put("port", String.valueOf(port));
    all.put("ssl_ca", folder.resolve("server-ca.crt").toString());
    all.put("ssl_cert", folder.resolve("server.crt").toString());
    all.put("ssl_key", folder.resolve("server.key").toString());
    all.put("general_log_file", folder.resolve("general.log").toString());
    all.put("slow_query_log_file", folder.resolve("slow.log").toString());
    all.putAll(settings);
    return all;
  }

  @Override
  public Path folder() {
    return folder;
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
  public String errorLog() {
    return Folders.text(errorLogFile());
  }

  @Override
  public String generalLog() {
    return Folders.text(folder.resolve("general.log"));
  }

  @Override
  public String slowLog() {
    return Folders.text(folder.resolve("slow.log"));
  }

  @Override
  public void stop() {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      running.destroy();
      if (!awaitEnd(running, STOP_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void restart() {
    stop();
    try {
      start(List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (!OpenServers.remove(this)) {
      return;
    }
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    }
    Folders.deleteUnchecked(folder);
  }

  private boolean awaitEnd(Process running, long time, TimeUnit unit) throws IOException {
    try {
      return running.waitFor(time, unit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while %s starts or stops".formatted(product()));
    }
  }

  private String product() {
    return template.distribution().product();
  }

  private Path data() {
    return folder.resolve(template.data().getFileName());
  }

  private Path errorLogFile() {
    return folder.resolve("server.log");
  }
}
