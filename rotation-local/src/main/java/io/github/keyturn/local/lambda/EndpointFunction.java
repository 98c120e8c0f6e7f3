package io.github.keyturn.local.lambda;

import io.github.keyturn.local.RotationFunction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * A function behind an endpoint that speaks Lambda's Invoke operation, such as {@code sam local
 * start-lambda}.
 */
public final class EndpointFunction implements RotationFunction {

  private static final int OK = 200;

  private final HttpClient http =
      HttpClient.newBuilder().version(Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY).build();
  private final URI endpoint;
  private final URI invocations;

  private EndpointFunction(URI endpoint, URI invocations) {
    this.endpoint = endpoint;
    this.invocations = invocations;
  }

  /**
   * The function of this name; for SAM, its logical id in the template.
   *
   * @param endpoint for example {@code http://127.0.0.1:3001}
   */
  public static EndpointFunction at(URI endpoint, String name) {
    return new EndpointFunction(
        endpoint, endpoint.resolve("/2015-03-31/functions/%s/invocations".formatted(name)));
  }

  /**
   * Runs one step. The endpoint decides when it has taken too long.
   *
   * @throws FunctionException when the function failed
   * @throws IOException when the endpoint gives no answer, or not that of a function
   */
  @Override
  public void invoke(byte[] event) throws Exception {
    HttpResponse<String> answer = send(event);
    if (answer.statusCode() != OK) {
      throw new IOException(
          "%s answered with status %d".formatted(invocations, answer.statusCode()));
    }
    // the emulator inside of SAM's containers sends no header, only the envelope
    if (answer.headers().firstValue("X-Amz-Function-Error").isPresent()
        || Envelope.isOne(answer.body())) {
      throw new FunctionException(Envelope.type(answer.body()), Envelope.message(answer.body()));
    }
  }

  private HttpResponse<String> send(byte[] event) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(invocations)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(event))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(
          "nothing answers at %s; is 'sam local start-lambda' running?".formatted(endpoint), e);
    }
  }
}
