package io.github.keyturn.testkit.server;

import static io.github.keyturn.testkit.server.Containers.file;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.dockerjava.api.exception.NotFoundException;
import io.github.keyturn.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The same server as a container; loaded only when the switch is on. */
final class ContainerMysql implements MysqlInstance {

  private static final int PORT = 3306;
  private static final int ANSWER_MILLIS = 1000;
  private static final String GENERAL_LOG = "/var/lib/mysql/general.log";
  private static final String SLOW_LOG = "/var/lib/mysql/slow.log";

  private final MysqlDistribution distribution;
  private final Path folder;
  private final int port;
  private final GenericContainer<?> container;

  private ContainerMysql(
      MysqlDistribution distribution, Secret password, Map<String, String> settings)
      throws IOException {
    this.distribution = distribution;
    this.folder = Files.createTempDirectory("keyturn-mysql-");
    this.port = DatabaseServer.freePort();
    Certificates certificates = Certificates.ofThisJvm();
    this.container =
        new GenericContainer<>(distribution.image())
            .withEnv(distribution.environment(password))
            .withCopyToContainer(file(certificates.ca()), "/keyturn/server-ca.crt")
            .withCopyToContainer(file(certificates.serverCertificate()), "/keyturn/server.crt")
            .withCopyToContainer(file(certificates.serverKey().reveal()), "/keyturn/server.key")
            .withCommand(options(settings))
            // The server that the image starts to set itself up has no port.
            .waitingFor(
                Wait.forLogMessage(".*port: " + PORT + "\\s.*", 1)
                    .withStartupTimeout(Containers.PATIENCE));
    // Docker would choose another port at each start, and an outage must not move the server.
    container.setPortBindings(List.of(port + ":" + PORT));
  }

  static ContainerMysql start(
      MysqlDistribution distribution, Secret password, Map<String, String> settings)
      throws IOException {
    ContainerMysql server = new ContainerMysql(distribution, password, settings);
    Containers.start(distribution.product(), server.container, server::close);
    return server;
  }

  private String[] options(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(distribution.settings());
    all.put("ssl_ca", "/keyturn/server-ca.crt");
    all.put("ssl_cert", "/keyturn/server.crt");
    all.put("ssl_key", "/keyturn/server.key");
    all.put("general_log_file", GENERAL_LOG);
    all.put("slow_query_log_file", SLOW_LOG);
    all.putAll(settings);
    return all.entrySet().stream()
        .map(setting -> MysqlDistribution.option(setting.getKey(), setting.getValue()))
        .toArray(String[]::new);
  }

  @Override
  public Path folder() {
    return folder;
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
  public String errorLog() {
    return container.getLogs();
  }

  @Override
  public String generalLog() {
    return text(GENERAL_LOG);
  }

  @Override
  public String slowLog() {
    return text(SLOW_LOG);
  }

  private String text(String path) {
    try {
      return container.copyFileFromContainer(
          path, content -> new String(content.readAllBytes(), UTF_8));
    } catch (NotFoundException e) {
      return "";
    }
  }

  @Override
  public void stop() {
    Containers.stop(container);
  }

  @Override
  public void restart() {
    Containers.restart(distribution.product(), container, this::isReady);
  }

  /** The server speaks first; Docker accepts connections before there is one. */
  private boolean isReady() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host(), port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    container.stop();
    Folders.deleteUnchecked(folder);
  }
}
