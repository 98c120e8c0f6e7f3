package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CA and a server certificate for this machine, in PEM form. {@code keytool} makes them, because
 * the JDK has no public API that signs certificates.
 */
record Certificates(String ca, String serverCertificate, Secret serverKey) {

  private static final String PASSWORD_VARIABLE = "KEYTURN_KEYSTORE_PASSWORD";
  private static final List<String> CA_OPTIONS =
      List.of("-dname", "CN=Keyturn test CA", "-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign");

  private static @Nullable Certificates ofThisJvm;
  private static @Nullable String untrustedCa;

  /** Made once, as two runs of keytool take about a second. */
  static synchronized Certificates ofThisJvm() {
    if (ofThisJvm == null) {
      ofThisJvm = inKeyStore(Certificates::issue);
    }
    return ofThisJvm;
  }

  /** A CA that has vouched for no server. */
  static synchronized String untrustedCa() {
    if (untrustedCa == null) {
      untrustedCa =
          inKeyStore(
              keyStore -> {
                keyStore.add("ca", CA_OPTIONS);
                return keyStore.certificate("ca");
              });
    }
    return untrustedCa;
  }

  private static Certificates issue(KeyStoreFile keyStore)
      throws IOException, GeneralSecurityException {
    keyStore.add("ca", CA_OPTIONS);
    keyStore.add(
        "server",
        List.of(
            "-signer",
            "ca",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-ext",
            // the nodes of a Redis cluster are each other's clients
            "eku=serverAuth,clientAuth"));
    return new Certificates(
        keyStore.certificate("ca"), keyStore.certificate("server"), keyStore.key("server"));
  }

  private static <T> T inKeyStore(Recipe<T> recipe) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    try {
      Path folder = Files.createTempDirectory("keyturn-certificates-");
      try {
        return recipe.make(new KeyStoreFile(folder, HexFormat.of().formatHex(random)));
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no certificates: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("keytool's key store is not readable", e);
    }
  }

  @FunctionalInterface
  private interface Recipe<T> {
    T make(KeyStoreFile keyStore) throws IOException, GeneralSecurityException;
  }

  private record KeyStoreFile(Path folder, String password) {

    void add(String alias, List<String> options) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  // Half the time
                  "-J-XX:TieredStopAtLevel=1",
                  "-genkeypair",
                  "-keystore",
                  file().toString(),
                  "-storetype",
                  "PKCS12",
                  "-storepass:env",
                  PASSWORD_VARIABLE,
                  "-alias",
                  alias,
                  "-keyalg",
                  "EC",
                  "-groupname",
                  "secp256r1",
                  // A container's clock may be behind ours.
                  "-startdate",
                  "-1d",
                  "-validity",
                  "30"));
      command.addAll(options);
      Program.run(folder, Map.of(PASSWORD_VARIABLE, password), command);
    }

    String certificate(String alias) throws IOException, GeneralSecurityException {
      return pem("CERTIFICATE", load().getCertificate(alias).getEncoded());
    }

    Secret key(String alias) throws IOException, GeneralSecurityException {
      return Secret.of(
          pem("PRIVATE KEY", load().getKey(alias, password.toCharArray()).getEncoded()));
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
      KeyStore keyStore = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file())) {
        keyStore.load(in, password.toCharArray());
      }
      return keyStore;
    }

    private Path file() {
      return folder.resolve("keystore.p12");
    }

    private static String pem(String type, byte[] content) {
      String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
      return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, lines, type);
    }
  }
}
