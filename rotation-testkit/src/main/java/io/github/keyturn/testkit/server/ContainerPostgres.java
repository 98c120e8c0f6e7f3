package io.github.keyturn.testkit.server;

import static io.github.keyturn.testkit.server.Containers.file;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The same server as a container; loaded only when the switch is on. */
final class ContainerPostgres extends PostgresServer {

  private static final String IMAGE = "postgres:18";
  private static final String PRIMARY = "primary";

  // PostgreSQL wants its key to be its own, and files are copied into a container as root's.
  private static final String INSTALL_KEY =
      "install -o postgres -g postgres -m 600 /keyturn/server.key /keyturn/own.key && ";
  private static final String RUN = "exec docker-entrypoint.sh \"$@\"";
  private static final String COPY_PRIMARY =
      "{ [ -s \"$PGDATA/PG_VERSION\" ] || { "
          + "install -d -o postgres -g postgres -m 700 \"$PGDATA\" && "
          + "PGPASSWORD=\"$POSTGRES_PASSWORD\" gosu postgres pg_basebackup --host="
          + PRIMARY
          + " --username=postgres --pgdata=\"$PGDATA\" --checkpoint=fast --write-recovery-conf; }; } && ";
  private static final String ADMIT_STANDBY =
      "echo 'host replication all all scram-sha-256' >> \"$PGDATA/pg_hba.conf\"\n";

  private final PostgreSQLContainer container;
  private final Network network;
  private final boolean ownsNetwork;
  private final int port;

  private ContainerPostgres(
      Secret password, Map<String, String> settings, Network network, boolean primary)
      throws IOException {
    super(password, settings, Files.createTempDirectory("keyturn-postgres-"));
    this.network = network;
    this.ownsNetwork = primary;
    this.port = freePort();
    Certificates certificates = Certificates.ofThisJvm();
    this.container =
        new PostgreSQLContainer(IMAGE)
            .withDatabaseName(superuser())
            .withUsername(superuser())
            .withPassword(password.reveal())
            .withEnv(
                "POSTGRES_INITDB_ARGS", "--auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync")
            .withNetwork(network)
            .withCopyToContainer(file(certificates.serverCertificate()), "/keyturn/server.crt")
            .withCopyToContainer(file(certificates.serverKey().reveal()), "/keyturn/server.key")
            .withCommand(command(INSTALL_KEY + (primary ? "" : COPY_PRIMARY) + RUN));
    // Docker would choose another port at each start, and an outage must not move the server.
    container.setPortBindings(List.of(port + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
    if (primary) {
      container
          .withNetworkAliases(PRIMARY)
          .withCopyToContainer(file(ADMIT_STANDBY), "/docker-entrypoint-initdb.d/admit-standby.sh");
    } else {
      container.waitingFor(
          Wait.forLogMessage(".*ready to accept read-only connections.*\\s", 1)
              .withStartupTimeout(Containers.PATIENCE));
    }
  }

  static ContainerPostgres start(Secret password, Map<String, String> settings) throws IOException {
    return started(new ContainerPostgres(password, settings, Network.newNetwork(), true));
  }

  private static ContainerPostgres started(ContainerPostgres server) {
    Containers.start("PostgreSQL", server.container, server::close);
    return server;
  }

  private String[] command(String script) {
    // The settings are arguments of the script, so the shell does not read them.
    List<String> command = new ArrayList<>(List.of("bash", "-c", script, "keyturn", "postgres"));
    effectiveSettings(
            Map.of("ssl_cert_file", "/keyturn/server.crt", "ssl_key_file", "/keyturn/own.key"))
        .forEach(
            (name, value) -> {
              command.add("-c");
              command.add(name + "=" + value);
            });
    return command.toArray(String[]::new);
  }

  @Override
  public String host() {
    return container.getHost();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String log() {
    return container.getLogs();
  }

  @Override
  public void stop() {
    Containers.stop(container);
  }

  @Override
  public void restart() {
    Containers.restart("PostgreSQL", container, this::isReady);
  }

  private boolean isReady() {
    try {
      // By TCP, which the entry point's server for the initialization does not serve.
      return container
              .execInContainer("pg_isready", "--host=127.0.0.1", "--timeout=1")
              .getExitCode()
          == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while PostgreSQL starts", e);
    }
  }

  @Override
  public PostgresServer standby() {
    try {
      return started(new ContainerPostgres(superuserPassword(), settings(), network, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    container.stop();
    if (ownsNetwork) {
      network.close();
    }
    deleteFolder();
  }
}
