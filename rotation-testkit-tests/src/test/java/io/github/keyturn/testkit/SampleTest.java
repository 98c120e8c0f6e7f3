package io.github.keyturn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "1"})
  void isEverythingUnlessAskedFor(String value) {
    assertThat(Sample.oneIn(value)).isEqualTo(1);
  }

  @Test
  void isOneInSoMany() {
    assertThat(Sample.oneIn(" 7 ")).isEqualTo(7);
    assertThat(Sample.oneIn(7, trials(15)))
        .extracting(Trial::place)
        .containsExactly("0", "7", "14");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "half"})
  void isNothingElse(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sample.oneIn(value))
        .withMessageContaining("KEYTURN_CONTRACT_SAMPLE is '" + value + "'");
  }

  private static List<Trial> trials(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Trial(Rule.R3, String.valueOf(i), "", (stage, judge) -> {}))
        .toList();
  }
}
