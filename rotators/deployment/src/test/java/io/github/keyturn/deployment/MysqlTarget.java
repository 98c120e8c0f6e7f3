package io.github.keyturn.deployment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;

/** A user of MySQL or MariaDB. */
final class MysqlTarget implements Target {

  private final MysqlProtocolServer server;
  private final boolean withSuperuser;

  MysqlTarget(MysqlProtocolServer server, boolean withSuperuser) {
    this.server = server;
    this.withSuperuser = withSuperuser;
  }

  @Override
  public String newSecret(LocalSecretsManager secrets) {
    String user = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    sql("CREATE USER `%s` IDENTIFIED BY 'first'".formatted(user));
    ObjectNode secret = login(user, "first");
    if (withSuperuser) {
      ObjectNode superuser = login(server.superuser(), server.superuserPassword().reveal());
      secret.put("masterarn", secrets.createSecret("superuser", Secret.of(superuser.toString())));
    }
    return secret.toString();
  }

  private ObjectNode login(String user, String password) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", server instanceof MariaDbServer ? "mariadb" : "mysql")
        .put("host", server.host())
        .put("port", server.port())
        .put("username", user)
        .put("password", password);
  }

  @Override
  public Map<String, String> variables() {
    return Map.of("TLS_CA_BUNDLE", server.caBundle().toString());
  }

  @Override
  public boolean accepts(String secretValue) {
    SecretDocument login = SecretDocument.parse(Secret.of(secretValue));
    try {
      connect(login.text("username"), login.text("password")).close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void sql(String text) {
    try (Connection connection = connect(server.superuser(), server.superuserPassword().reveal());
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    } catch (SQLException e) {
      throw new AssertionError(text, e);
    }
  }

  private Connection connect(String user, String password) throws SQLException {
    String url =
        "jdbc:mariadb://%s:%d/?sslMode=verify-full&serverSslCert=%s"
            .formatted(server.host(), server.port(), server.caBundle());
    return DriverManager.getConnection(url, user, password);
  }
}
