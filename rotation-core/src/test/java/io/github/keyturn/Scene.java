package io.github.keyturn;

import java.util.HashMap;
import java.util.Map;

/** A secret whose current value the target accepts, and a rotation that has just begun. */
final class Scene {

  /** The versions, oldest first. */
  static final String PREVIOUS = "version-0-0000-0000-0000-000000000000";

  static final String CURRENT = "version-1-0000-0000-0000-000000000000";
  static final String TOKEN = "version-2-0000-0000-0000-000000000000";
  static final String NEXT_TOKEN = "version-3-0000-0000-0000-000000000000";

  static final String OLD_PASSWORD = "old-password-of-version-1";

  final Outside outside = new Outside();
  final ScriptedStore store = new ScriptedStore(outside);
  final FakeTarget target = new FakeTarget(outside);
  private final Map<String, String> environment = new HashMap<>();

  Scene() {
    store.add(CURRENT, value(OLD_PASSWORD), "AWSCURRENT");
    store.stage(TOKEN);
    target.accept(OLD_PASSWORD);
    // a test that needs patience asks for it
    environment.put("SETTLE_SECONDS", "0");
  }

  /** The scene when createSecret is over. */
  static Scene withPending(String password) {
    Scene scene = new Scene();
    scene.store.add(TOKEN, value(password), "AWSPENDING");
    return scene;
  }

  static String value(String password) {
    return """
        {"engine": "fake", "host": "target.example.com", "port": 5432, "username": "app", \
        "password": "%s", "team": {"name": "payments"}, "quota": 1.0}"""
        .formatted(password);
  }

  Scene setting(String name, String value) {
    environment.put(name, value);
    return this;
  }

  RotationFunction exclusive() {
    return function(new ExclusiveRotator(target));
  }

  RotationFunction issuing() {
    return function(new IssuingRotator(target));
  }

  RotationFunction function(Rotator rotator) {
    return new RotationFunction(rotator, environment, store);
  }

  String password(String label) {
    return store.labelled(label).text("password");
  }
}
