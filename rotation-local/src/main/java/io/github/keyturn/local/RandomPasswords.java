package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** GetRandomPassword. */
final class RandomPasswords {

  private static final long DEFAULT_LENGTH = 32;
  private static final long LONGEST = 4096;
  private static final String LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPERCASE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String NUMBERS = "0123456789";
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  private final SecureRandom random = new SecureRandom();

  Map<String, Operation> operations() {
    return Map.of("GetRandomPassword", this::generate);
  }

  private ObjectNode generate(Arguments in) {
    int length = in.number("PasswordLength", 1, LONGEST).orElse(DEFAULT_LENGTH).intValue();
    List<String> types = types(in);
    if (types.isEmpty()) {
      throw ServiceException.invalidParameter(
          "The options exclude every character, so there is no password.");
    }
    String all = String.join("", types);
    List<Character> characters = new ArrayList<>();
    if (in.flag("RequireEachIncludedType").orElse(true)) {
      if (types.size() > length) {
        throw ServiceException.invalidParameter(
            "Password length is too short based on the required types.");
      }
      types.forEach(type -> characters.add(pick(type)));
    }
    while (characters.size() < length) {
      characters.add(pick(all));
    }
    Collections.shuffle(characters, random);
    return Json.object()
        .put(
            "RandomPassword",
            characters.stream().map(String::valueOf).collect(Collectors.joining()));
  }

  private static List<String> types(Arguments in) {
    String excluded = in.text("ExcludeCharacters", 0, (int) LONGEST).orElse("");
    List<String> types = new ArrayList<>();
    add(types, LOWERCASE, excluded, !in.flag("ExcludeLowercase").orElse(false));
    add(types, UPPERCASE, excluded, !in.flag("ExcludeUppercase").orElse(false));
    add(types, NUMBERS, excluded, !in.flag("ExcludeNumbers").orElse(false));
    add(types, PUNCTUATION, excluded, !in.flag("ExcludePunctuation").orElse(false));
    add(types, " ", excluded, in.flag("IncludeSpace").orElse(false));
    return types;
  }

  private static void add(List<String> types, String type, String excluded, boolean included) {
    String left =
        type.chars()
            .filter(character -> included && excluded.indexOf(character) < 0)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    if (!left.isEmpty()) {
      types.add(left);
    }
  }

  private char pick(String characters) {
    return characters.charAt(random.nextInt(characters.length()));
  }
}
