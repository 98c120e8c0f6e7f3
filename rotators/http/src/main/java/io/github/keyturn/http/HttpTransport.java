package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.TLS;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.SecretDocument;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests: without redirects, without a proxy, to checked addresses, with a bound on time
 * and size. One is made for each invocation, because a connection that outlives the pause between
 * two of them may be dead, and a POST on it would fail.
 */
final class HttpTransport {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Where an origin really is, for tests: a stand-in. What is checked is the definition's origin.
   */
  @FunctionalInterface
  interface Origins {
    /** As the definition says. */
    Origins REAL = (origin, secret) -> origin;

    URI actual(URI origin, SecretDocument secret);
  }

  /**
   * The parts that all transports of a rotator have in common.
   *
   * @param tls empty for the authorities of the JVM
   */
  record Setup(Optional<SSLContext> tls, Addresses.Resolver resolver, Origins origins) {

    static Setup of(Optional<Path> caBundle, Origins origins) {
      return new Setup(caBundle.map(Trust::in), InetAddress::getAllByName, origins);
    }
  }

  private final Setup setup;
  private final HttpClient client;

  HttpTransport(Setup setup) {
    this.setup = setup;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT_TIMEOUT);
    setup.tls().ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * Sends a request and waits for the whole answer.
   *
   * @param request a request to the definition's origin
   * @param origin that origin
   * @throws RotationException NETWORK, TLS, or MISCONFIGURED for an address that is never called
   */
  Answer send(
      HttpRequest request, URI origin, SecretDocument secret, String operation, Duration timeout)
      throws InterruptedException {
    try {
      URI actual = setup.origins().actual(origin, secret);
      Addresses.requireAllowed(actual, setup.resolver());
      return send(actual.equals(origin) ? request : moved(request, actual), timeout);
    } catch (ExecutionException e) {
      throw explain(operation, origin, e.getCause());
    } catch (IOException | TimeoutException e) {
      throw explain(operation, origin, e);
    }
  }

  private static HttpRequest moved(HttpRequest request, URI actual) {
    URI uri = request.uri();
    String rest = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    return HttpRequest.newBuilder(request, (name, value) -> true)
        .uri(URI.create(actual + rest))
        .build();
  }

  private Answer send(HttpRequest request, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<HttpResponse<byte[]>> pending =
        client.sendAsync(request, head -> new BoundedBody());
    try {
      HttpResponse<byte[]> response = pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Retry-After"),
          response.headers().allValues("Link"),
          Answer.parse(response.body()));
    } finally {
      pending.cancel(true);
    }
  }

  private static RotationException explain(
      String operation, URI origin, @Nullable Throwable failure) {
    String what = "%s got no answer".formatted(operation);
    if (hasCause(failure, SSLException.class)) {
      return exception(
          TLS,
          what
              + ": the TLS handshake with %s failed; for a provider of your own, set TLS_CA_BUNDLE to its authority's certificate"
                  .formatted(origin),
          failure);
    }
    if (hasCause(failure, BoundedBody.TooLargeException.class)) {
      return exception(
          FAILED,
          "%s was answered with more than %d bytes, and the rest was not read"
              .formatted(operation, BoundedBody.LIMIT),
          failure);
    }
    if (hasCause(failure, UnknownHostException.class)) {
      return exception(
          NETWORK,
          what
              + ": the host of %s has no address; look at the definition's URL, and at the name service if the function is in a VPC"
                  .formatted(origin),
          failure);
    }
    if (failure instanceof IOException || failure instanceof TimeoutException) {
      String late =
          failure instanceof HttpTimeoutException || failure instanceof TimeoutException
              ? " in time"
              : "";
      return exception(
          NETWORK,
          what
              + "%s from %s; a function in a VPC needs a NAT gateway to reach the internet"
                  .formatted(late, origin),
          failure);
    }
    return exception(FAILED, what, failure);
  }

  private static boolean hasCause(@Nullable Throwable failure, Class<? extends Throwable> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static RotationException exception(
      Reason reason, String message, @Nullable Throwable cause) {
    return new RotationException(reason, message, cause);
  }
}
