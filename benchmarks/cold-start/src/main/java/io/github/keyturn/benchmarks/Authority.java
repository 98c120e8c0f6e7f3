package io.github.keyturn.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.RotationHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/**
 * A certificate chain of the kind that AWS's endpoints show (RSA, with one authority in between),
 * and what makes it trusted: the JDK's own authorities and this one, as clients have them.
 */
record Authority(Path serverKeys, Path trustStore, Path bundle, Path roots) {

  static final String PASSWORD = "changeit";

  static Authority make(Path folder) throws IOException, GeneralSecurityException {
    Authority authority =
        new Authority(
            folder.resolve("server.p12"),
            folder.resolve("cacerts"),
            folder.resolve("ca.pem"),
            folder.resolve("roots.pem"));
    authority.issue();
    KeyStore keys = KeyStore.getInstance(authority.serverKeys.toFile(), PASSWORD.toCharArray());
    KeyStore trusted =
        KeyStore.getInstance(
            Path.of(System.getProperty("java.home"), "lib", "security", "cacerts").toFile(),
            PASSWORD.toCharArray());
    trusted.setCertificateEntry("benchmark", keys.getCertificate("root"));
    try (OutputStream out = Files.newOutputStream(authority.trustStore)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    StringBuilder pem = new StringBuilder();
    for (String alias : Collections.list(trusted.aliases())) {
      pem.append(pem(trusted.getCertificate(alias)));
    }
    Files.writeString(authority.bundle, pem);
    Files.writeString(authority.roots, pem(keys.getCertificate("root")) + amazonRoots());
    return authority;
  }

  private static String amazonRoots() throws IOException {
    try (InputStream roots = RotationHandler.class.getResourceAsStream("amazon-roots.pem")) {
      if (roots == null) {
        throw new IOException("the authorities of the core are not where they were");
      }
      return new String(roots.readAllBytes(), UTF_8);
    }
  }

  private void issue() throws IOException {
    key("root", List.of("-dname", "CN=Benchmark root", "-ext", "bc:c=ca:true"));
    key(
        "between",
        List.of("-dname", "CN=Benchmark RSA 2048 M01", "-signer", "root", "-ext", "bc:c=ca:true"));
    key(
        "server",
        List.of(
            "-dname",
            "CN=localhost",
            "-signer",
            "between",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-ext",
            "eku=serverAuth"));
  }

  private void key(String alias, List<String> options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                serverKeys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "30"));
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

  /** Adds to what clients trust that have one file for everything. */
  void trustToo(Path pem) throws IOException {
    Files.writeString(bundle, Files.readString(bundle) + Files.readString(pem));
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    String lines =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(lines);
  }
}
