package io.github.keyturn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An authority that signs certificates; {@code keytool} does it, since the JDK has no API for it.
 */
record TestAuthority(Path folder) {

  private static final String PASSWORD = "changeit";
  private static final String NAME = "authority";

  static TestAuthority make(Path folder) throws IOException {
    TestAuthority authority = new TestAuthority(folder);
    authority.keytool(NAME, List.of("-dname", "CN=Test authority", "-ext", "bc:c=ca:true"));
    authority.export();
    return authority;
  }

  /** What a client has to believe, in PEM form. */
  Path certificate() {
    return folder.resolve("authority.pem");
  }

  private void export() throws IOException {
    try {
      String lines =
          Base64.getMimeEncoder().encodeToString(store().getCertificate(NAME).getEncoded());
      Files.writeString(
          certificate(),
          "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(lines));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** What a server needs to show a certificate for this name. */
  SSLContext server(String subjectAlternativeName) throws IOException, GeneralSecurityException {
    String alias = subjectAlternativeName;
    if (!store().containsAlias(alias)) {
      keytool(
          alias,
          List.of("-dname", "CN=server", "-signer", NAME, "-ext", "san=" + subjectAlternativeName));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setEntry(alias, store().getEntry(alias, protection()), protection());
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static KeyStore.PasswordProtection protection() {
    return new KeyStore.PasswordProtection(PASSWORD.toCharArray());
  }

  private KeyStore store() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private void keytool(String alias, List<String> options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                folder.resolve("keys.p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1"));
    command.addAll(options);
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    try {
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
