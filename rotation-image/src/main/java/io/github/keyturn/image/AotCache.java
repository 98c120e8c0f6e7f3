package io.github.keyturn.image;

import io.github.keyturn.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/**
 * The AOT cache of a function: made by a training run, and only good for the JVM and the jars that
 * it was made with. A JVM that can't use it says nothing and starts slowly; and JDK 25 takes
 * classes from a cache even if their jar has changed since. So {@link #check} looks after both.
 *
 * @see <a href="https://openjdk.org/jeps/514">JEP 514</a>
 */
public final class AotCache {

  /** The version of the images; the first that makes a cache in one run. */
  public static final int JAVA = 25;

  private static final String FROM_CACHE = "source: shared objects file";

  /**
   * All tiers, since a JVM that stops at the first makes a cache of less; and no profiles, which
   * are read at the start, and only the second compiler would use.
   */
  private static final List<String> TRAINING =
      List.of(
          "-XX:TieredStopAtLevel=4", "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

  private final ImageFolder image;
  private final Path javaHome;
  private final String secretValue;

  /**
   * The cache of a function.
   *
   * @param javaHome that of the image
   * @param secretValue a secret of the kind that the function rotates; its host is tried
   */
  public AotCache(ImageFolder image, Path javaHome, String secretValue) {
    this.image = image;
    this.javaHome = javaHome;
    this.secretValue = secretValue;
  }

  /**
   * Makes it.
   *
   * @throws IOException when createSecret or the rehearsal fails in the training run, or the JVM
   *     makes no cache
   */
  public void make() throws IOException, InterruptedException, GeneralSecurityException {
    Files.deleteIfExists(image.cache());
    try (TrialRun training = new TrialRun(image, javaHome, secretValue)) {
      List<String> options = new ArrayList<>(TRAINING);
      options.add("-XX:AOTCacheOutput=" + image.cache());
      training.rehearse(options, Step.CREATE, Step.SET, Step.TEST, Step.FINISH);
      if (!Files.exists(image.cache())) {
        throw new IOException(
            "the JVM has made no cache:%n%s".formatted(String.join("\n", training.log())));
      }
    }
    Files.write(image.origin(), image.fingerprint());
  }

  /**
   * Runs createSecret with it.
   *
   * @return how many classes came from it
   * @throws IOException when a jar is not as it was, the JVM refuses the cache, or the handler's
   *     class did not come from it
   */
  public long check() throws IOException, InterruptedException, GeneralSecurityException {
    List<String> changes = new ArrayList<>(image.fingerprint());
    changes.removeAll(Files.readAllLines(image.origin()));
    if (!changes.isEmpty()) {
      throw new IOException(
          "%s is stale; make it anew, since these are not what it was made of:%n%s"
              .formatted(image.cache(), String.join("\n", changes)));
    }
    try (TrialRun run = new TrialRun(image, javaHome, secretValue)) {
      run.run(
          List.of(
              "-XX:AOTMode=on", "-XX:AOTCache=" + image.cache(), "-Xlog:class+load:stdout:none"),
          Step.CREATE);
      List<String> loaded = run.log().stream().filter(line -> line.endsWith(FROM_CACHE)).toList();
      String handler = image.handler();
      if (loaded.stream().noneMatch(line -> line.startsWith(handler + " "))) {
        throw new IOException(
            "%s was not loaded from %s; make the cache anew, with this JVM and these jars"
                .formatted(handler, image.cache()));
      }
      return loaded.size();
    }
  }
}
