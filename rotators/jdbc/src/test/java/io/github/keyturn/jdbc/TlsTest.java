package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keyturn.RotationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "{}, UNLESS_ALLOWED",
        "{'ssl':null}, UNLESS_ALLOWED",
        "{'ssl':''}, UNLESS_ALLOWED",
        "{'SSL':false}, UNLESS_ALLOWED",
        "{'ssl':true}, REQUIRED",
        "{'ssl':'true'}, REQUIRED",
        "{'ssl':'TRUE'}, REQUIRED",
        "{'ssl':false}, OFF",
        "{'ssl':'false'}, OFF",
        "{'ssl':'False'}, OFF"
      })
  void reads(String secret, Tls expected) {
    assertThat(Tls.of(Samples.document(secret))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'ssl':'yes'}",
        "{'ssl':'require'}",
        "{'ssl':0}",
        "{'ssl':1}",
        "{'ssl':' false '}",
        "{'ssl':[false]}",
        "{'ssl':{}}"
      })
  void refuses(String secret) {
    RotationException failure =
        catchThrowableOfType(RotationException.class, () -> Tls.of(Samples.document(secret)));

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("'ssl'");
  }
}
