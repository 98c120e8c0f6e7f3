package io.github.keyturn;

/**
 * A version of a secret with its value.
 *
 * @param id the version id, which is the ClientRequestToken that made it
 * @param value the SecretString
 */
public record SecretVersion(String id, Secret value) {}
