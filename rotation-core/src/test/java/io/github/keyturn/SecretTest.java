package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {

  private final Secret secret = Secret.of("the value");

  @Test
  void showsNothing() {
    assertThat(secret).hasToString("***");
    assertThat("%s".formatted(secret)).isEqualTo("***");
  }

  @Test
  void revealsItsValueWhenAsked() {
    assertThat(secret.reveal()).isEqualTo("the value");
  }

  @Test
  void isEqualByValue() {
    assertThat(secret).isEqualTo(Secret.of("the value")).hasSameHashCodeAs(Secret.of("the value"));
    assertThat(secret).isNotEqualTo(Secret.of("another")).isNotEqualTo("the value");
  }
}
