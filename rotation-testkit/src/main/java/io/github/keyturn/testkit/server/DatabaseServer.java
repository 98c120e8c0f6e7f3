package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A real database server that lives as long as this object: it checks passwords, speaks TLS with a
 * certificate of its own CA, and forgets everything when it is closed.
 */
public abstract sealed class DatabaseServer implements AutoCloseable
    permits PostgresServer, MysqlProtocolServer {

  private final String superuser;
  private final Secret superuserPassword;
  private final Path folder;
  private final Map<String, Path> written = new HashMap<>();

  /** Takes over the folder, for what clients need to reach the server. */
  DatabaseServer(String superuser, Secret superuserPassword, Path folder) {
    this.superuser = superuser;
    this.superuserPassword = superuserPassword;
    this.folder = folder;
  }

  /** Where clients connect to; the certificate names it. */
  public abstract String host();

  /** The same for the server's whole life, {@link #restart()} included. */
  public abstract int port();

  /** The superuser's name. */
  public String superuser() {
    return superuser;
  }

  /** The superuser's password, made for this server. */
  public Secret superuserPassword() {
    return superuserPassword;
  }

  /** The certificate of the CA that vouches for this server, in PEM form. */
  public Path caBundle() {
    return pem("ca.pem", Certificates.ofThisJvm().ca());
  }

  /** The certificate of another CA, by which no client should believe this server. */
  public Path untrustedCaBundle() {
    return pem("untrusted-ca.pem", Certificates.untrustedCa());
  }

  /** The server's whole log so far. */
  public abstract String log();

  /** Stops the server as an outage would: sessions end, and connections are refused. */
  public abstract void stop();

  /** Starts the server again, on the same port and with the same data, whether it runs or not. */
  public abstract void restart();

  /** Stops the server and deletes its data; closing twice is harmless. */
  @Override
  public abstract void close();

  final Path folder() {
    return folder;
  }

  final void deleteFolder() {
    Folders.deleteUnchecked(folder);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  static Secret randomPassword() {
    byte[] random = new byte[20];
    new SecureRandom().nextBytes(random);
    return Secret.of(HexFormat.of().formatHex(random));
  }

  /** Written once: a client never reads half of it, nor brings it back while all is deleted. */
  private synchronized Path pem(String name, String content) {
    return written.computeIfAbsent(
        name,
        file -> {
          try {
            return Files.writeString(folder.resolve(file), content);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
