package io.github.keyturn.local;

import java.net.URI;

/**
 * The model's HTTP door, in AWS's JSON 1.1 protocol, on a loopback address. Requests that name
 * another host are refused, so that a web page can't reach it through a DNS name of its own.
 */
public final class LocalEndpoint implements AutoCloseable {

  private final URI url;

  LocalEndpoint(URI url) {
    this.url = url;
  }

  /** What to set as {@code SECRETS_MANAGER_ENDPOINT} or {@code --endpoint-url}. */
  public URI url() {
    return url;
  }

  /** Stops answering; what waits for an answer is cut off. */
  @Override
  public void close() {}
}
