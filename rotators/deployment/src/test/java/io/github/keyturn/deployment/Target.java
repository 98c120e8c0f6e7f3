package io.github.keyturn.deployment;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.local.LocalSecretsManager;
import java.util.Map;

/** A real server with an account, whose secret a function rotates. */
interface Target {

  /** Makes an account, and what other secrets it needs; returns the value of its own. */
  String newSecret(LocalSecretsManager secrets);

  /** The variables with which a function reaches the server. */
  Map<String, String> variables();

  /** Whether a value of the secret logs in. */
  boolean accepts(String secretValue);

  /** The same value with a credential that the server refuses. */
  default SecretDocument spoil(SecretDocument value) {
    return value.with("password", Secret.of("not-the-password"));
  }
}
