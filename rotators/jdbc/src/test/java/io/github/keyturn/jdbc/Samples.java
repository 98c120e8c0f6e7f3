package io.github.keyturn.jdbc;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.util.Set;

/** Secrets as the tests write them. */
final class Samples {

  static final Engine POSTGRES =
      new Engine(
          "PostgreSQL",
          Set.of("postgres", "aurora-postgresql"),
          5432,
          "postgres",
          63,
          Engine.Unit.BYTES);

  private Samples() {}

  static SecretDocument document(String json) {
    return SecretDocument.parse(Secret.of(json.replace('\'', '"')));
  }

  /** A secret with the fields that must be there, and no other. */
  static SecretDocument complete() {
    return document(
        "{'engine':'postgres','host':'db.example.com','username':'app','password':'first-password'}");
  }

  static DatabaseSecret login(String username, String password) {
    return DatabaseSecret.read(
        complete().with("username", username).with("password", password), POSTGRES);
  }
}
