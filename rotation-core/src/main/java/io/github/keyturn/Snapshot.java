package io.github.keyturn;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * What a function does around the snapshot that Lambda's SnapStart takes of it: before it, loads
 * the classes of a rotation; after it, connects. Nothing else has happened before a snapshot, so it
 * holds no connection, no thread, no credentials and no random numbers, and each function that is
 * restored from it finds its own.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">Lambda
 *     SnapStart runtime hooks for Java</a>
 */
final class Snapshot implements Resource {

  private final Map<String, String> environment;
  private final Runnable connect;

  /** Registers the hooks; whoever calls keeps this object, since the runtime does not. */
  Snapshot(Map<String, String> environment, Runnable connect) {
    this.environment = environment;
    this.connect = connect;
    Core.getGlobalContext().register(this);
  }

  /** Whatever goes wrong here, the function works without it, and only starts slower. */
  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    String code = environment.get("LAMBDA_TASK_ROOT");
    try {
      if (code != null) {
        Preload.everything(Path.of(code));
      }
      Rehearsal.run();
    } catch (IOException | GeneralSecurityException | RuntimeException | LinkageError e) {
      System.out.println("a restored function will start slower than it could: " + e);
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    connect.run();
  }
}
