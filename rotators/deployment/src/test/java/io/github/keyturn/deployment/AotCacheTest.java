package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.image.AotCache;
import io.github.keyturn.image.ImageFolder;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A function as its container image has it, from its zip: its AOT cache is used, and a stale one is
 * noticed. The image itself needs Docker.
 */
@ExtendWith(TestServers.class)
@TestMethodOrder(OrderAnnotation.class)
class AotCacheTest {

  private static final String HANDLER =
      "io.github.keyturn.postgres.PostgresSingleUserRotationHandler";
  private static final Path MODULE = Template.HOME.resolve("rotation-image");

  private static final String FROM_CACHE = " source: shared objects file";

  /**
   * What should come from the cache. Of the driver one class can't: the JVM has it from elsewhere
   * than its jar.
   */
  private static final Pattern OF_A_ROTATION =
      Pattern.compile(
          "^(io\\.github\\.keyturn|org\\.postgresql|sun\\.security\\.ssl|com\\.sun\\.crypto)\\.(?!util\\.LazyCleanerImpl\\$)[\\w.$]+ source");

  @TempDir private static Path folder;

  private static Path javaHome;
  private static String secret;
  private static ImageFolder image;
  private static AotCache cache;

  @BeforeAll
  static void make() throws Exception {
    javaHome = Jdks.found().get(AotCache.JAVA);
    assumeTrue(
        javaHome != null,
        "no JDK %d on this machine: the image has one, and its cache".formatted(AotCache.JAVA));
    DeployedFunction function =
        Template.get()
            .rotators()
            .filter(one -> one.handler().equals(HANDLER))
            .findFirst()
            .orElseThrow();
    secret = Files.readString(MODULE.resolve("trials/postgres.json"));
    image = ImageFolder.of(function.zip(), HANDLER, folder);
    cache = new AotCache(image, javaHome, secret);
    cache.make();
  }

  @Test
  @Order(1)
  void isUsedByTheRuntimeClient() throws Exception {
    assertThat(cache.check()).isGreaterThan(1000);
  }

  /** Of a whole rotation, with what its training could not do for want of a server. */
  @Test
  @Order(2)
  void isUsedByTheImagesBootstrap(PostgresServer server) throws Exception {
    PostgresTarget target = new PostgresTarget(server, false);
    List<String> log = new CopyOnWriteArrayList<>();
    try (LocalSecretsManager secrets = LocalSecretsManager.inMemory();
        LocalEndpoint endpoint = secrets.listen(0);
        ChildJvmFunction function =
            ChildJvmFunction.builder(folder)
                .handler(HANDLER)
                .command(usual -> List.of("/bin/sh", MODULE.resolve("bootstrap").toString()))
                .environment(
                    Map.of(
                        "JAVA_HOME", javaHome.toString(),
                        "JAVA_TOOL_OPTIONS", "-Xlog:class+load:stdout:none",
                        "SECRETS_MANAGER_ENDPOINT", endpoint.url().toString()))
                .environment(target.variables())
                .log(log::add)
                .build()) {
      String arn = secrets.createSecret("app", Secret.of(target.newSecret(secrets)));
      String token = secrets.stage("app");

      for (Step step : Step.values()) {
        Invocation invocation = function.call(HandlerFunction.event(step, arn, token));
        assertThat(invocation.failed()).as(invocation.payload()).isFalse();
      }
    }
    assertThat(log)
        .contains(
            HANDLER + FROM_CACHE,
            "org.postgresql.core.v3.QueryExecutorImpl" + FROM_CACHE,
            "org.postgresql.core.v3.ScramAuthenticator" + FROM_CACHE,
            "com.sun.crypto.provider.PBKDF2KeyImpl" + FROM_CACHE,
            "sun.security.ssl.ServerHello$ServerHelloConsumer" + FROM_CACHE,
            "sun.security.ssl.CertificateVerify$T13CertificateVerifyConsumer" + FROM_CACHE);
    assertThat(log)
        .filteredOn(line -> line.contains(" source: ") && !line.contains(FROM_CACHE))
        .noneMatch(line -> OF_A_ROTATION.matcher(line).find());
  }

  /** JDK 25 itself would take the old classes from the cache. */
  @Test
  @Order(3)
  void isRefusedWhenAJarHasChangedSince() throws Exception {
    Path jar = firstJar();
    byte[] before = Files.readAllBytes(jar);
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream other = new ZipOutputStream(file)) {
      other.putNextEntry(new ZipEntry("other"));
    }

    assertThatIOException()
        .isThrownBy(cache::check)
        .withMessageContaining("function.aot is stale; make it anew")
        .withMessageEndingWith("  lib/" + jar.getFileName());
    Files.write(jar, before);
  }

  private static Path firstJar() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList().get(0);
    }
  }

  @Test
  @Order(4)
  void isRefusedWhenItsJvmDoesNotKnowIt() throws Exception {
    byte[] content = Files.readAllBytes(image.cache());
    content[0] ^= 1;
    Files.write(image.cache(), content);

    assertThatIOException().isThrownBy(cache::check).withMessageContaining("createSecret failed");
  }

  @Test
  @Order(5)
  void isRefusedWhenThereIsNone() throws Exception {
    Files.delete(image.cache());

    assertThatIOException().isThrownBy(cache::check).withMessageContaining("createSecret failed");
  }
}
