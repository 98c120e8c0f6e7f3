package com.example.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled and tested here. */
class ReadmeTest {

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void showsThisRotator() throws IOException {
    String readme = Files.readString(Path.of("../../README.md"));
    Matcher snippet = JAVA.matcher(readme);
    assertThat(snippet.find()).as("a Java snippet in the README").isTrue();

    String shown = snippet.group(1).strip();

    assertThat(shown).isEqualTo(code("AcmeKeyRotator.java"));
    assertThat(shown.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(40);
  }

  /** The class without package and imports. */
  private static String code(String file) throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("src/main/java/com/example/acme").resolve(file));
    int start = lines.indexOf("final class AcmeKeyRotator implements OverlappingRotator {");
    return String.join("\n", lines.subList(start, lines.size())).strip();
  }
}
