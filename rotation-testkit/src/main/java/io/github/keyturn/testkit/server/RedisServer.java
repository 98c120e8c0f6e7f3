package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.github.keyturn.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * A real Redis that lives as long as this object. It has a user {@code admin} with every right and
 * a password of its own, and forgets everything when it is closed; {@link #stop()}, {@link #kill()}
 * and {@link #restart()} keep what its files hold.
 *
 * <p>It runs from the binaries in Maven's {@code embedded-redis}. With {@code KEYTURN_REDIS_SERVER}
 * in the environment it is the program of that path: another Redis, or a Valkey.
 */
public final class RedisServer implements AutoCloseable, OpenServers.Local {

  /** Where a server keeps its users. */
  public enum Persistence {
    /** In an ACL file; the other settings are in a configuration file. */
    ACL_FILE,
    /** In its configuration file; {@code requirepass} is the administrator's password. */
    CONFIG_FILE,
    /** In memory alone: it was started with arguments. Users are gone after a restart. */
    NONE
  }

  /** The user with every right. */
  public static final String ADMIN = "admin";

  // An address, because localhost may mean ::1 first, where nobody listens.
  static final String HOST = "127.0.0.1";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CLIENT_TIMEOUT_MILLIS = 10_000;

  /** Each node of a cluster listens there too. */
  private static final int CLUSTER_BUS = 10_000;

  private static final int LOWEST_PORT = 20_000;
  private static final int HIGHEST_PORT = 50_000;

  private static @Nullable SSLSocketFactory trustingOurCa;

  private final Builder options;
  private final Path folder;
  private final int port;
  private @Nullable Process process;

  private RedisServer(Builder options, Path folder, int port) {
    this.options = options;
    this.folder = folder;
    this.port = port;
  }

  /** What a server is started with. */
  public static final class Builder {

    private Persistence persistence = Persistence.ACL_FILE;
    private Secret adminPassword = randomPassword();
    private boolean tls;
    private boolean sentinel;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> users = new ArrayList<>();

    private Builder() {}

    /** Where it keeps its users; in an ACL file unless told. */
    public Builder persistence(Persistence where) {
      persistence = where;
      return this;
    }

    /** The administrator's password, for nodes that share one. */
    public Builder adminPassword(Secret password) {
      adminPassword = password;
      return this;
    }

    /** Speaks nothing but TLS. */
    public Builder tls() {
      tls = true;
      return this;
    }

    /** Adds a directive of {@code redis.conf}, in the place of another one of this name. */
    public Builder setting(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /** Adds a user that is there from the start, as replicas and Sentinels need them. */
    public Builder user(String name, Secret password, String... rules) {
      users.add("user %s on #%s %s".formatted(name, sha256(password), String.join(" ", rules)));
      return this;
    }

    Builder sentinel() {
      sentinel = true;
      return this;
    }

    /** Starts it, and waits until it answers. */
    public RedisServer start() {
      try {
        Path folder = Files.createTempDirectory(parent(), "keyturn-redis-");
        RedisServer server = new RedisServer(this, folder, freePort());
        OpenServers.add(server);
        server.writeFiles();
        server.restart();
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException("Redis did not start: " + e.getMessage(), e);
      }
    }
  }

  /** In memory where there is such a folder: each change of a user is written and synchronised. */
  private static Path parent() throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isDirectory(memory) && Files.isWritable(memory) ? memory : Folders.temporary();
  }

  /** A server of one's own making. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts a server that keeps its users in an ACL file. */
  public static RedisServer start() {
    return builder().start();
  }

  /** Where clients connect to; the certificate of a server with TLS names it. */
  public String host() {
    return HOST;
  }

  /** The same for the server's whole life. */
  public int port() {
    return port;
  }

  /** The password of the user {@code admin}. */
  public Secret adminPassword() {
    return options.adminPassword;
  }

  /** The certificate of the CA that vouches for a server with TLS, in PEM form. */
  public Path caBundle() {
    return pem("ca.pem", Certificates.ofThisJvm().ca());
  }

  /** The certificate of another CA, by which no client should believe this server. */
  public Path untrustedCaBundle() {
    return pem("untrusted-ca.pem", Certificates.untrustedCa());
  }

  /** The file that holds the users, for who puts an older one in its place. */
  public Path usersFile() {
    return folder.resolve(options.persistence == Persistence.ACL_FILE ? "users.acl" : "redis.conf");
  }

  /** The server's whole log so far. */
  public String log() {
    return Folders.text(logFile());
  }

  // Clients

  /**
   * Runs a command as the administrator.
   *
   * @return a text, a number, a list of these, or the text OK
   * @throws redis.clients.jedis.exceptions.JedisDataException when the server refuses it
   */
  public Object run(String... command) {
    try (Connection connection =
        options.sentinel ? connectWithoutLogin() : connect(ADMIN, adminPassword())) {
      return run(connection, command);
    }
  }

  /** Runs a command on a connection; the reply as {@link #run(String...)} gives it. */
  public static Object run(Connection connection, String... command) {
    CommandArguments arguments = new CommandArguments(() -> SafeEncoder.encode(command[0]));
    for (int i = 1; i < command.length; i++) {
      arguments.add(command[i]);
    }
    return SafeEncoder.encodeObject(connection.executeCommand(arguments));
  }

  /**
   * A connection as a client has it.
   *
   * @throws JedisAccessControlException when the login is refused
   */
  public Connection connect(String user, Secret password) {
    return connect(client().user(user).password(password.reveal()).build());
  }

  private Connection connectWithoutLogin() {
    return connect(client().build());
  }

  private Connection connect(DefaultJedisClientConfig config) {
    Connection connection = new Connection(this::socket, config);
    try {
      connection.connect();
      return connection;
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Socket socket() {
    try {
      Socket socket =
          options.tls
              ? trustingOurCa().createSocket(InetAddress.getLoopbackAddress(), port)
              : new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      throw new JedisConnectionException(e);
    }
  }

  private static DefaultJedisClientConfig.Builder client() {
    return DefaultJedisClientConfig.builder()
        .resp2()
        .timeoutMillis(CLIENT_TIMEOUT_MILLIS)
        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
  }

  /** Whether a login is accepted; a server that can't be asked has not refused anything. */
  public boolean logsIn(String user, Secret password) {
    try (Connection connection = connect(user, password)) {
      return connection.isConnected();
    } catch (JedisAccessControlException e) {
      return false;
    }
  }

  /** Makes a user, and keeps it where this server keeps its users. */
  public void createUser(String name, Secret password, String... rules) {
    List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", name, "reset", "on"));
    command.add("#" + sha256(password));
    command.addAll(List.of(rules));
    run(command.toArray(String[]::new));
    save();
  }

  /** Keeps the users as they are now. */
  public void save() {
    switch (options.persistence) {
      case ACL_FILE -> run("ACL", "SAVE");
      case CONFIG_FILE -> run("CONFIG", "REWRITE");
      case NONE -> {}
    }
  }

  /** The form in which a server shows a password. */
  public static String sha256(Secret password) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(password.reveal().getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  // Its life

  /** Stops the server in good order. */
  public void stop() {
    end(Process::destroy);
  }

  /** Ends the server as a crash would. */
  public void kill() {
    end(Process::destroyForcibly);
  }

  private void end(Consumer<Process> how) {
    Process running = process;
    if (running == null) {
      return;
    }
    how.accept(running);
    try {
      if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  /** Starts the server again, on the same port and with the same files, whether it runs or not. */
  public void restart() {
    stop();
    int logged = log().length();
    try {
      process =
          Program.builder(folder, command())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
              .start();
      awaitReady(process, logged);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (options.persistence == Persistence.NONE && !options.sentinel) {
      createAdminInMemory();
    }
  }

  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>(List.of(RedisBinary.path().toString()));
    if (options.persistence == Persistence.NONE) {
      directives()
          .forEach(
              (name, value) -> {
                command.add("--" + name);
                command.addAll(List.of(value.split(" ", -1)));
              });
    } else {
      command.add(folder.resolve("redis.conf").toString());
    }
    if (options.sentinel) {
      command.add("--sentinel");
    }
    return command;
  }

  private void awaitReady(Process started, int logged) throws IOException {
    String sign = options.sentinel ? "Sentinel ID is" : "Ready to accept connections";
    Instant end = Instant.now().plus(PATIENCE);
    while (!log().substring(logged).contains(sign)) {
      if (!started.isAlive() || Instant.now().isAfter(end)) {
        throw new IOException("Redis did not get ready: " + log().substring(logged));
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Redis started", e);
    }
  }

  private void createAdminInMemory() {
    try (Connection connection = connect("default", adminPassword())) {
      run(
          connection,
          "ACL",
          "SETUSER",
          ADMIN,
          "on",
          "#" + sha256(adminPassword()),
          "~*",
          "&*",
          "+@all");
    }
  }

  private void writeFiles() throws IOException {
    if (options.tls) {
      Certificates certificates = Certificates.ofThisJvm();
      pem("ca.pem", certificates.ca());
      pem("server.pem", certificates.serverCertificate());
      pem("server.key", certificates.serverKey().reveal());
    }
    StringBuilder configuration = new StringBuilder();
    directives()
        .forEach(
            (name, value) ->
                configuration.append(name + ' ' + (value.isEmpty() ? "\"\"" : value) + '\n'));
    if (options.persistence == Persistence.ACL_FILE) {
      Files.writeString(usersFile(), "user default off\n" + users());
      configuration.append("aclfile ").append(usersFile()).append('\n');
    } else if (!options.sentinel) {
      configuration.append(users());
    }
    Files.writeString(folder.resolve("redis.conf"), configuration, CREATE, APPEND);
  }

  private String users() {
    return "user %s on #%s ~* &* +@all\n%s\n"
        .formatted(ADMIN, sha256(adminPassword()), String.join("\n", options.users));
  }

  private Map<String, String> directives() {
    Map<String, String> directives = new LinkedHashMap<>();
    directives.put("dir", folder.toString());
    directives.put("bind", HOST);
    directives.put(options.tls ? "tls-port" : "port", String.valueOf(port));
    if (options.tls) {
      directives.put("port", "0");
      directives.put("tls-cert-file", folder.resolve("server.pem").toString());
      directives.put("tls-key-file", folder.resolve("server.key").toString());
      directives.put("tls-ca-cert-file", folder.resolve("ca.pem").toString());
      directives.put("tls-auth-clients", "no");
    }
    if (!options.sentinel) {
      directives.put("save", "");
      if (options.persistence != Persistence.ACL_FILE) {
        directives.put("requirepass", adminPassword().reveal());
      }
    }
    directives.putAll(options.settings);
    return directives;
  }

  @Override
  public void close() {
    if (OpenServers.remove(this)) {
      kill();
      Folders.deleteUnchecked(folder);
    }
  }

  private Path logFile() {
    return folder.resolve("redis.log");
  }

  private synchronized Path pem(String name, String content) {
    Path file = folder.resolve(name);
    try {
      return Files.exists(file) ? file : Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    SecureRandom random = new SecureRandom();
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = random.nextInt(LOWEST_PORT, HIGHEST_PORT);
      if (isFree(port) && isFree(port + CLUSTER_BUS)) {
        return port;
      }
    }
    throw new IOException("found no free pair of ports");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** A password without characters that a shell or a configuration file would read otherwise. */
  public static Secret randomPassword() {
    return DatabaseServer.randomPassword();
  }

  /** Made once, so that its sessions are resumed; in version 1.2 that needs no new keys. */
  private static synchronized SSLSocketFactory trustingOurCa() {
    if (trustingOurCa == null) {
      trustingOurCa = makeTrustingOurCa();
    }
    return trustingOurCa;
  }

  private static SSLSocketFactory makeTrustingOurCa() {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "ca",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(Certificates.ofThisJvm().ca().getBytes(UTF_8))));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLSv1.2");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the kit's own certificate can't be read", e);
    }
  }
}
