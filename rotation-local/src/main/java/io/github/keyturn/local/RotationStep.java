package io.github.keyturn.local;

import io.github.keyturn.Step;
import java.util.Map;
import java.util.Set;

/**
 * One step of one attempt, for a {@link RotationListener}.
 *
 * @param secretArn the secret's full ARN
 * @param token the ClientRequestToken, which is the id of the pending version
 * @param attempt counts the tries of the whole rotation, from 1
 * @param labels the staging labels by version id, at this moment
 */
public record RotationStep(
    String secretArn, String token, Step step, int attempt, Map<String, Set<String>> labels) {

  /** Copies the labels. */
  public RotationStep {
    labels = Map.copyOf(labels);
  }
}
