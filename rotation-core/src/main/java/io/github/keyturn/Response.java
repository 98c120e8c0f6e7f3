package io.github.keyturn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.http.HttpStreamResponseHandler;

/** Gathers an answer, on the runtime's own thread. */
final class Response implements HttpStreamResponseHandler {

  /** Room for the largest value with every character escaped. */
  private static final int LARGEST_BODY = 1024 * 1024;

  private static final int SUCCESS = 0;

  private final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int status;
  private @Nullable String date;

  CompletableFuture<HttpAnswer> answer() {
    return answer;
  }

  @Override
  public void onResponseHeaders(
      HttpStream stream, int responseStatus, int blockType, HttpHeader[] headers) {
    status = responseStatus;
    for (HttpHeader header : headers) {
      if (header.getName().equalsIgnoreCase("date")) {
        date = header.getValue();
      }
    }
  }

  @Override
  public int onResponseBody(HttpStream stream, byte[] chunk) {
    if (body.size() + chunk.length > LARGEST_BODY) {
      answer.completeExceptionally(
          new IOException("the answer is larger than %d bytes".formatted(LARGEST_BODY)));
    } else {
      body.writeBytes(chunk);
    }
    return chunk.length;
  }

  @Override
  public void onResponseComplete(HttpStream stream, int error) {
    if (error == SUCCESS) {
      answer.complete(new HttpAnswer(status, date, body.toString(UTF_8)));
    } else {
      answer.completeExceptionally(new HttpException(error));
    }
  }
}
