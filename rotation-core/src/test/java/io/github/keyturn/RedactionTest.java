package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.POLICY;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.CREATE;
import static io.github.keyturn.Step.SET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No failure and no log line shows a secret, whatever a rotator or its driver says. */
class RedactionTest {

  private static final String OLD = "old+password/of version&1";
  private static final String NEW = "new+password/of version&2";
  private static final String FOREIGN = "foreign-api-key";
  private static final List<String> SECRETS =
      List.of(OLD, NEW, FOREIGN, RotationFunction.ROTATION_TOKEN, urlEncoded(OLD), urlEncoded(NEW));
  private static final String EVERYTHING = "it said " + SECRETS;

  private final Scene scene = new Scene();

  RedactionTest() {
    scene.store.add(CURRENT, value(OLD), "AWSCURRENT");
    scene.store.add(TOKEN, value(NEW), "AWSPENDING");
  }

  @Nested
  @DisplayName("Of a failure that quotes every secret there is")
  class OfAFailure {

    @Test
    void cleansTheMessage() {
      assertClean(new IllegalStateException(EVERYTHING));
    }

    @Test
    void cleansCausesOfCauses() {
      assertClean(
          new IllegalStateException(
              EVERYTHING, new SQLException(EVERYTHING, new IllegalArgumentException(EVERYTHING))));
    }

    @Test
    void cleansWhatIsSuppressed() {
      SQLException cause = new SQLException(EVERYTHING);
      cause.addSuppressed(new IllegalStateException(EVERYTHING, new SQLException(EVERYTHING)));
      IllegalStateException failure = new IllegalStateException(EVERYTHING, cause);
      failure.addSuppressed(new SQLException(EVERYTHING));

      assertClean(failure);
    }

    @Test
    void cleansOurOwnExceptionsToo() {
      RotationException failure =
          new RotationException(POLICY, EVERYTHING, new SQLException(EVERYTHING));
      failure.addSuppressed(new SQLException(EVERYTHING));

      assertThat(assertClean(failure).reason()).isEqualTo(POLICY);
    }

    @Test
    @DisplayName("An Error, such as a failed static initializer of a driver, is no way around")
    void cleansAnError() {
      assertThat(assertClean(new AssertionError(EVERYTHING)).reason()).isEqualTo(FAILED);
    }

    @Test
    void cyclicCausesEnd() {
      IllegalStateException failure = new IllegalStateException(EVERYTHING);
      SQLException cause = new SQLException(EVERYTHING, failure);
      failure.initCause(cause);
      cause.addSuppressed(failure);

      assertClean(failure);
    }

    private RotationException assertClean(Throwable unsafe) {
      RotationFunction function = scene.function(throwing(unsafe));

      RotationException failure = function.failure(SET, TOKEN);

      assertThat(Failures.print(failure)).contains("it said [***").doesNotContain(SECRETS);
      assertThat(function.log())
          .hasSize(1)
          .allSatisfy(line -> assertThat(line).contains("it said").doesNotContain(SECRETS));
      return failure;
    }
  }

  @Test
  void namesTheReasonOnce() {
    RotationFunction function =
        scene.function(throwing(new RotationException(POLICY, "the password is too short")));

    RotationException failure = function.failure(SET, TOKEN);

    assertThat(failure).hasMessage("POLICY: the password is too short");
    assertThat(function.logged("reason")).isEqualTo("POLICY");
    assertThat(function.logged("message")).isEqualTo("the password is too short");
  }

  @Test
  void keepsTheStackTraceAndTheClassNames() {
    RotationException failure =
        scene.function(throwing(new SQLException("refused"))).failure(SET, TOKEN);

    assertThat(failure).hasMessage("FAILED: java.sql.SQLException: refused");
    assertThat(Failures.print(failure))
        .contains("java.sql.SQLException: refused")
        .contains("RedactionTest.java");
  }

  @Test
  void leavesWhatIsNoSecretReadable() {
    RotationException failure =
        scene
            .function(throwing(new SQLException("app at target.example.com:5432 refused " + NEW)))
            .failure(SET, TOKEN);

    assertThat(failure).hasMessageContaining("app at target.example.com:5432 refused ***");
  }

  @Test
  void knowsAPasswordFromTheMomentItIsMade() {
    List<String> made = new ArrayList<>();
    scene.store.stage(Scene.NEXT_TOKEN);
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public SecretDocument create(SecretDocument current, Rotation rotation) {
                made.add(rotation.newPassword().reveal());
                rotation.log("made " + made.get(0));
                throw new IllegalStateException("could not use " + made.get(0));
              }
            });

    RotationException failure = function.failure(CREATE, Scene.NEXT_TOKEN);

    assertThat(failure)
        .hasMessageContaining("IllegalStateException")
        .hasMessageContaining("throw a RotationException for a message that may be shown");
    assertThat(Failures.print(failure)).doesNotContain("could not use");
    assertThat(made).hasSize(1);
    assertThat(function.log()).noneMatch(line -> line.contains(made.get(0)));
  }

  @Test
  @DisplayName(
      "What the target issues is unknown until create returns, unless the rotator tells it")
  void showsNoForeignMessageOfCreate() throws Exception {
    scene.store.stage(Scene.NEXT_TOKEN);
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public SecretDocument create(SecretDocument current, Rotation rotation) {
                throw new RotationException(
                    FAILED,
                    "the provider answered " + rotation.issued("issued-key").reveal(),
                    new IllegalStateException("issued-key and a second-key"));
              }
            });

    RotationException failure = function.failure(CREATE, Scene.NEXT_TOKEN);

    assertThat(failure).hasMessage("FAILED: the provider answered ***");
    assertThat(Failures.print(failure)).doesNotContain("issued-key", "second-key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quote\"and\\backslash",
        "line\nbreak\tand tab",
        "-----BEGIN KEY-----\nMC4CAQ\n-----END KEY-----\n",
        "control\u0001character",
      })
  @DisplayName("A body that the provider echoes has the secret as JSON writes it")
  void cleansASecretAsJsonWritesIt(String password) {
    scene.store.add(Scene.NEXT_TOKEN, value(password), "AWSPENDING");
    String escaped = asJsonWritesIt(password);
    RotationFunction function =
        scene.function(
            throwing(
                new IllegalStateException(
                    "refused {\"secret\": \"%s\"} and %s".formatted(escaped, password))));

    RotationException failure = function.failure(SET, Scene.NEXT_TOKEN);

    assertThat(failure).hasMessageEndingWith("refused {\"secret\": \"***\"} and ***");
    assertThat(function.log()).noneMatch(line -> line.contains(escaped));
    assertThat(function.logged("message")).doesNotContain(password).doesNotContain(escaped);
  }

  @Test
  @DisplayName("URLs have %20 for a space where forms have +")
  void cleansASecretAsAUrlWritesIt() {
    String inUrl = urlEncoded(NEW).replace("+", "%20");
    RotationFunction function =
        scene.function(throwing(new IllegalStateException("GET https://app:" + inUrl + "@host/")));

    assertThat(function.failure(SET, TOKEN)).hasMessageEndingWith("GET https://app:***@host/");
  }

  @Test
  void cleansWhatARotatorLogs() throws Exception {
    scene.target.accept(OLD);
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
                rotation.log(EVERYTHING);
                return super.check(candidate, rotation);
              }
            });

    function.run(SET, TOKEN);

    assertThat(function.log())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).doesNotContain(SECRETS));
    assertThat(function.log().get(0)).contains("it said [***");
  }

  @Test
  void aMalformedEventIsOurFailureAndQuotesNothing() {
    RotationFunction function = scene.exclusive();

    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> function.run("{\"RotationToken\": " + EVERYTHING))
        .satisfies(
            failure -> {
              assertThat(failure.reason()).isEqualTo(RotationException.Reason.MISCONFIGURED);
              assertThat(Failures.print(failure)).doesNotContain(SECRETS);
            });
  }

  private Rotator throwing(Throwable failure) {
    return new ExclusiveRotator(scene.target) {
      @Override
      public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
          throws Exception {
        if (failure instanceof Error error) {
          throw error;
        }
        throw (Exception) failure;
      }
    };
  }

  private static String value(String password) {
    return SecretDocument.parse(Secret.of(Scene.value("")))
        .with("password", password)
        .with("apiKey", FOREIGN)
        .json()
        .reveal();
  }

  private static String asJsonWritesIt(String text) {
    String json = SecretDocument.parse(Secret.of("{}")).with("", text).json().reveal();
    return json.substring("{\"\":\"".length(), json.length() - "\"}".length());
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
