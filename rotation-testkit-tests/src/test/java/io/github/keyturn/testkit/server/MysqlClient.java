package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** What a client of a MySQL or MariaDB sees. */
final class MysqlClient {

  private static final String KEY_STORE_PASSWORD = "changeit";

  private MysqlClient() {}

  static Connection connect(MysqlProtocolServer server) throws SQLException {
    return connect(server, server.superuserPassword());
  }

  static Connection connect(MysqlProtocolServer server, Secret password) throws SQLException {
    return connect(server, server.superuser(), password, "REQUIRED", server.caBundle());
  }

  static Connection verified(MysqlProtocolServer server, Path caBundle) throws SQLException {
    return connect(
        server, server.superuser(), server.superuserPassword(), "VERIFY_IDENTITY", caBundle);
  }

  static Connection connect(
      MysqlProtocolServer server, String user, Secret password, String sslMode, Path caBundle)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password.reveal());
    properties.setProperty("sslMode", sslMode);
    properties.setProperty("trustCertificateKeyStoreUrl", keyStore(caBundle).toUri().toString());
    properties.setProperty("trustCertificateKeyStoreType", "PKCS12");
    properties.setProperty("trustCertificateKeyStorePassword", KEY_STORE_PASSWORD);
    // For a server without TLS.
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return DriverManager.getConnection(
        "jdbc:mysql://%s:%d/".formatted(server.host(), server.port()), properties);
  }

  /** The driver reads no PEM. */
  private static Path keyStore(Path caBundle) {
    Path file = caBundle.resolveSibling(caBundle.getFileName() + ".p12");
    try (InputStream pem = Files.newInputStream(caBundle);
        OutputStream out = Files.newOutputStream(file)) {
      KeyStore keyStore = KeyStore.getInstance("PKCS12");
      keyStore.load(null, null);
      keyStore.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      keyStore.store(out, KEY_STORE_PASSWORD.toCharArray());
      return file;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String ask(MysqlProtocolServer server, String query) throws SQLException {
    try (Connection connection = connect(server)) {
      return Client.ask(connection, query);
    }
  }

  static void execute(MysqlProtocolServer server, String command) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }
}
