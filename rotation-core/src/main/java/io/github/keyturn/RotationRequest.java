package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import com.amazonaws.services.lambda.runtime.events.SecretsManagerRotationEvent;
import io.github.keyturn.internal.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The event of one step, checked.
 *
 * @param secretId ARN or name of the secret
 * @param token the ClientRequestToken, which is the id of the pending version
 * @param rotationToken what PutSecretValue needs when the function works across accounts; a secret
 */
record RotationRequest(Step step, String secretId, String token, @Nullable Secret rotationToken) {

  private static final int SHORTEST_TOKEN = 32;
  private static final int LONGEST_TOKEN = 64;
  private static final int LARGEST_EVENT = 64 * 1024;

  /**
   * Fills the event from its four fields. The runtime's own serialiser does the same by reflection
   * and costs more than half a second of every cold start.
   */
  static RotationRequest read(InputStream input) throws IOException {
    byte[] bytes = input.readNBytes(LARGEST_EVENT + 1);
    if (bytes.length > LARGEST_EVENT) {
      throw malformed("is larger than %d bytes".formatted(LARGEST_EVENT));
    }
    Map<String, @Nullable Object> fields;
    try {
      // not by new String, which repairs silently and so may name another secret
      fields =
          Json.parseObject(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw malformed("is not UTF-8");
    } catch (Json.NotJsonException e) {
      throw malformed(e.problem());
    }
    return of(
        SecretsManagerRotationEvent.builder()
            .withStep(text(fields, "Step"))
            .withSecretId(text(fields, "SecretId"))
            .withClientRequestToken(text(fields, "ClientRequestToken"))
            .withRotationToken(text(fields, "RotationToken"))
            .build());
  }

  private static RotationRequest of(SecretsManagerRotationEvent event) {
    List<String> missing = new ArrayList<>();
    String step = orMissing(event.getStep(), "Step", missing);
    String secretId = orMissing(event.getSecretId(), "SecretId", missing);
    String token = orMissing(event.getClientRequestToken(), "ClientRequestToken", missing);
    if (!missing.isEmpty()) {
      throw malformed("has no value for " + missing);
    }
    if (token.length() < SHORTEST_TOKEN || token.length() > LONGEST_TOKEN) {
      throw malformed(
          "has a ClientRequestToken of %d characters; it must have %d to %d"
              .formatted(token.length(), SHORTEST_TOKEN, LONGEST_TOKEN));
    }
    Optional<Step> parsed = Step.parse(step);
    if (parsed.isEmpty()) {
      throw malformed(
          "has an unknown Step; it must be createSecret, setSecret, testSecret or finishSecret");
    }
    String rotationToken = event.getRotationToken();
    return new RotationRequest(
        parsed.get(), secretId, token, rotationToken == null ? null : Secret.of(rotationToken));
  }

  private static @Nullable String text(Map<String, @Nullable Object> fields, String name) {
    Object value = fields.get(name);
    if (value != null && !(value instanceof String)) {
      throw malformed("must have a text as its " + name);
    }
    return (String) value;
  }

  private static String orMissing(@Nullable String value, String name, List<String> missing) {
    if (value == null || value.isBlank()) {
      missing.add(name);
      return "";
    }
    return value;
  }

  private static RotationException malformed(String problem) {
    return new RotationException(
        MISCONFIGURED,
        "the event %s; Secrets Manager sends Step, SecretId, ClientRequestToken and, across accounts,"
                .formatted(problem)
            + " RotationToken: invoke this function through RotateSecret, or with such an event");
  }
}
