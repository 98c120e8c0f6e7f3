package io.github.keyturn.benchmarks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Returns at once: what it takes is the runtime's, and nothing that is written here can save it.
 */
public final class FloorHandler implements RequestStreamHandler {

  /** For the runtime. */
  public FloorHandler() {}

  @Override
  public void handleRequest(InputStream input, OutputStream output, @Nullable Context context)
      throws IOException {
    output.write("null".getBytes(StandardCharsets.UTF_8));
  }
}
