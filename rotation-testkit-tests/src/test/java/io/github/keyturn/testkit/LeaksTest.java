package io.github.keyturn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaksTest {

  private static final String SECRET = "p\"ss/w+rd=of 1";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the password is p\"ss/w+rd=of 1.",
        "{\"password\":\"p\\\"ss/w+rd=of 1\"}",
        "https://host?password=p%22ss%2Fw%2Brd%3Dof+1"
      })
  void findsAndMasksASecretInAnyForm(String text) {
    assertThat(Leaks.find(text, Set.of(SECRET))).hasValueSatisfying(LeaksTest::showsNothing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab", "abc", "abcd"})
  void findsItInBase64WhateverIsInFrontOfIt(String user) {
    byte[] login = (user + ":" + SECRET).getBytes(StandardCharsets.UTF_8);
    String header = "Authorization: Basic " + Base64.getEncoder().encodeToString(login);

    assertThat(Leaks.find(header, Set.of(SECRET))).hasValueSatisfying(LeaksTest::showsNothing);
  }

  @Test
  void findsNothingInOtherTexts() {
    assertThat(Leaks.find("the password is ***", Set.of(SECRET))).isEmpty();
  }

  private static void showsNothing(String finding) {
    assertThat(finding).contains("***").doesNotContain("ss/w");
  }
}
