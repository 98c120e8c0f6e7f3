package io.github.keyturn.http;

import io.github.keyturn.Rotation;
import io.github.keyturn.Secret;
import java.time.Duration;

/** What a call to a provider needs of the invocation that it is made in. */
interface Invocation {

  Duration timeLeft();

  /** A value that the provider has just given out. */
  Secret issued(String value);

  static Invocation of(Rotation rotation) {
    return new Invocation() {
      @Override
      public Duration timeLeft() {
        return rotation.timeLeft();
      }

      @Override
      public Secret issued(String value) {
        return rotation.issued(value);
      }
    };
  }
}
