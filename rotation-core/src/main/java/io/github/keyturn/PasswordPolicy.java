package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What new passwords look like; the settings are those of AWS's own rotation functions and of
 * GetRandomPassword.
 *
 * @param length number of characters, 8 to 4096
 * @param excludeCharacters characters that must not occur
 * @param excludeNumbers no digits
 * @param excludePunctuation no punctuation
 * @param excludeUppercase no upper-case letters
 * @param excludeLowercase no lower-case letters
 * @param requireEachIncludedType at least one character of every kind that is not excluded
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html">
 *     GetRandomPassword</a>
 */
public record PasswordPolicy(
    int length,
    String excludeCharacters,
    boolean excludeNumbers,
    boolean excludePunctuation,
    boolean excludeUppercase,
    boolean excludeLowercase,
    boolean requireEachIncludedType) {

  /** 32 characters without those that break URLs, quotes and connection strings. */
  public static final PasswordPolicy DEFAULT =
      new PasswordPolicy(32, ":/@\"'\\", false, false, false, false, true);

  private static final int SHORTEST = 8;
  private static final int LONGEST = 4096;
  private static final String LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String NUMBERS = "0123456789";
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  /**
   * Checks that a password of this kind can exist.
   *
   * @throws RotationException MISCONFIGURED when it can't
   */
  public PasswordPolicy {
    if (length < SHORTEST || length > LONGEST) {
      throw new RotationException(
          MISCONFIGURED,
          "PASSWORD_LENGTH is %d; it must be from %d to %d".formatted(length, SHORTEST, LONGEST));
    }
    List<String> kinds =
        kinds(
            excludeCharacters,
            excludeNumbers,
            excludePunctuation,
            excludeUppercase,
            excludeLowercase);
    if (kinds.isEmpty()) {
      throw new RotationException(
          MISCONFIGURED,
          "EXCLUDE_CHARACTERS and the other EXCLUDE_ settings leave no character for a password;"
              + " exclude less");
    }
    if (String.join("", kinds).length() < 2) {
      throw new RotationException(
          MISCONFIGURED,
          "EXCLUDE_CHARACTERS and the other EXCLUDE_ settings leave a single character, so every"
              + " password would be the same; exclude less");
    }
  }

  /** A new password of this kind. */
  Secret newPassword(SecureRandom random) {
    List<String> kinds = kinds();
    String alphabet = String.join("", kinds);
    List<Character> password = new ArrayList<>(length);
    if (requireEachIncludedType) {
      for (String kind : kinds) {
        password.add(pick(kind, random));
      }
    }
    while (password.size() < length) {
      password.add(pick(alphabet, random));
    }
    Collections.shuffle(password, random);
    StringBuilder text = new StringBuilder(length);
    for (char character : password) {
      text.append(character);
    }
    return Secret.of(text.toString());
  }

  private static char pick(String characters, SecureRandom random) {
    return characters.charAt(random.nextInt(characters.length()));
  }

  private List<String> kinds() {
    return kinds(
        excludeCharacters, excludeNumbers, excludePunctuation, excludeUppercase, excludeLowercase);
  }

  private static List<String> kinds(
      String excludeCharacters,
      boolean excludeNumbers,
      boolean excludePunctuation,
      boolean excludeUppercase,
      boolean excludeLowercase) {
    List<String> kinds = new ArrayList<>();
    addWithout(excludeLowercase ? "" : LOWERCASE, excludeCharacters, kinds);
    addWithout(excludeUppercase ? "" : UPPERCASE, excludeCharacters, kinds);
    addWithout(excludeNumbers ? "" : NUMBERS, excludeCharacters, kinds);
    addWithout(excludePunctuation ? "" : PUNCTUATION, excludeCharacters, kinds);
    return kinds;
  }

  private static void addWithout(String characters, String excluded, List<String> kinds) {
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < characters.length(); i++) {
      char character = characters.charAt(i);
      if (excluded.indexOf(character) < 0) {
        kept.append(character);
      }
    }
    if (!kept.isEmpty()) {
      kinds.add(kept.toString());
    }
  }
}
