package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpClientConnectionManager;
import software.amazon.awssdk.crt.http.HttpClientConnectionManagerOptions;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpProxyEnvironmentVariableSetting;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.http.HttpRequestBodyStream;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.io.ClientBootstrap;
import software.amazon.awssdk.crt.io.EventLoopGroup;
import software.amazon.awssdk.crt.io.HostResolver;
import software.amazon.awssdk.crt.io.SocketOptions;
import software.amazon.awssdk.crt.io.TlsContext;
import software.amazon.awssdk.crt.io.TlsContextOptions;

/**
 * Posts to one address, over connections that are kept, by AWS's Common Runtime. Its TLS is native;
 * to load the JVM's own takes longer than all the rest of a cold start.
 */
final class CrtHttp {

  /**
   * Within a Region a connection takes milliseconds; in a VPC without a way out it takes for ever.
   */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** The runtime itself tells of a failed handshake late, against those who measure it. */
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  /** Servers close a connection some time after its last use. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

  private static final int MOST_CONNECTIONS = 16;

  /** {@link AwsClient} leaves proxies to the SDK. */
  private static HttpProxyEnvironmentVariableSetting noProxy() {
    HttpProxyEnvironmentVariableSetting setting = new HttpProxyEnvironmentVariableSetting();
    setting.setEnvironmentVariableType(
        HttpProxyEnvironmentVariableSetting.HttpProxyEnvironmentVariableType.DISABLED);
    return setting;
  }

  static final String AMAZON_ROOTS = "amazon-roots.pem";

  private static @Nullable ClientBootstrap threads;

  private final URI url;
  private final @Nullable Path caBundle;
  private boolean amazonOnly;
  private @Nullable HttpClientConnectionManager pool;

  /**
   * A client that does nothing yet.
   *
   * @param caBundle PEM file of the authorities to believe, in place of those of the machine
   */
  CrtHttp(URI url, @Nullable Path caBundle) {
    this(url, caBundle, caBundle == null && isOfAmazon(url.getHost()));
  }

  CrtHttp(URI url, @Nullable Path caBundle, boolean amazonOnly) {
    this.url = url;
    this.caBundle = caBundle;
    this.amazonOnly = amazonOnly;
  }

  synchronized boolean believesAmazonOnly() {
    return amazonOnly;
  }

  private static boolean isOfAmazon(String host) {
    return host.endsWith(".amazonaws.com") || host.endsWith(".api.aws");
  }

  /**
   * Loads the native library.
   *
   * @throws LinkageError when there is none for this machine
   */
  static void load() {
    CRT unused = new CRT();
  }

  /**
   * Posts once.
   *
   * @throws IOException when no answer came before the deadline
   */
  HttpAnswer post(Map<String, String> headers, byte[] body, Instant deadline) throws IOException {
    HttpClientConnectionManager connections = pool();
    try {
      return post(connections, headers, body, deadline);
    } catch (SSLException e) {
      if (!widen(connections)) {
        throw e;
      }
      return post(pool(), headers, body, deadline);
    }
  }

  private HttpAnswer post(
      HttpClientConnectionManager connections,
      Map<String, String> headers,
      byte[] body,
      Instant deadline)
      throws IOException {
    HttpClientConnection connection = connect(connections, deadline);
    try {
      return exchange(connection, headers, body, deadline);
    } catch (IOException e) {
      connection.shutdown();
      throw e;
    } finally {
      connections.releaseConnection(connection);
    }
  }

  private HttpClientConnection connect(HttpClientConnectionManager connections, Instant deadline)
      throws IOException {
    CompletableFuture<HttpClientConnection> acquired = connections.acquireConnection();
    try {
      return await(acquired, HANDSHAKE_TIMEOUT, deadline);
    } catch (IOException e) {
      // it may come about at any moment, and nobody would give it back
      CompletableFuture<Void> late = acquired.thenAccept(connections::releaseConnection);
      late.exceptionally(failed -> null);
      if (isSecure() && e instanceof SocketTimeoutException) {
        TlsProbe.explain(url, caBundle, left(HANDSHAKE_TIMEOUT, deadline));
      }
      throw e;
    }
  }

  private boolean isSecure() {
    return "https".equals(url.getScheme());
  }

  private HttpAnswer exchange(
      HttpClientConnection connection, Map<String, String> headers, byte[] body, Instant deadline)
      throws IOException {
    HttpHeader[] lines = new HttpHeader[headers.size() + 1];
    lines[0] = new HttpHeader("content-length", String.valueOf(body.length));
    int count = 1;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      lines[count] = new HttpHeader(header.getKey(), header.getValue());
      count++;
    }
    HttpRequest request = new HttpRequest("POST", RequestSigner.path(url), lines, new Body(body));
    Response response = new Response();
    try (HttpStream stream = connection.makeRequest(request, response)) {
      stream.activate();
      return await(response.answer(), ANSWER_TIMEOUT, deadline);
    } catch (CrtRuntimeException e) {
      throw explain(e.errorCode, e);
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration longest, Instant deadline)
      throws IOException {
    try {
      return future.get(left(longest, deadline).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("no answer in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpException failure) {
        throw explain(failure.getErrorCode(), failure);
      }
      if (e.getCause() instanceof CrtRuntimeException failure) {
        throw explain(failure.errorCode, failure);
      }
      throw new IOException(e.getCause());
    }
  }

  private static Duration left(Duration longest, Instant deadline) throws SocketTimeoutException {
    Instant now = Instant.now();
    if (!now.isBefore(deadline)) {
      throw new SocketTimeoutException("the time of this step is over");
    }
    return now.plus(longest).isBefore(deadline) ? longest : Duration.between(now, deadline);
  }

  /** The runtime's errors have names; see {@code aws-c-io} and {@code aws-c-http}. */
  private static IOException explain(int code, Throwable failure) {
    String name = CRT.awsErrorName(code);
    String text = name + ": " + CRT.awsErrorString(code);
    IOException explained;
    if (name.startsWith("AWS_IO_TLS")) {
      explained = new SSLException(text);
    } else if (name.startsWith("AWS_IO_DNS")) {
      explained = new UnknownHostException(text);
    } else {
      explained = new IOException(text);
    }
    explained.initCause(failure);
    return explained;
  }

  private synchronized HttpClientConnectionManager pool() throws IOException {
    if (pool == null) {
      try {
        pool = open();
      } catch (CrtRuntimeException e) {
        throw explain(e.errorCode, e);
      }
    }
    return pool;
  }

  /** From now on all authorities of the machine are believed; says whether that is news. */
  private synchronized boolean widen(HttpClientConnectionManager failed) {
    if (!amazonOnly) {
      // perhaps another thread's doing
      return failed != pool;
    }
    amazonOnly = false;
    pool = null;
    failed.close();
    return true;
  }

  private HttpClientConnectionManager open() throws IOException {
    HttpClientConnectionManagerOptions options =
        new HttpClientConnectionManagerOptions()
            .withClientBootstrap(threads())
            .withUri(url)
            .withProxyEnvironmentVariableSetting(noProxy())
            .withMaxConnections(MOST_CONNECTIONS)
            .withMaxConnectionIdleInMilliseconds(LONGEST_IDLE.toMillis());
    if (url.getPort() == -1) {
      options.withPort(isSecure() ? 443 : 80);
    }
    try (SocketOptions sockets = new SocketOptions();
        TlsContext tls = isSecure() ? tls() : null) {
      sockets.connectTimeoutMs = (int) CONNECT_TIMEOUT.toMillis();
      options.withSocketOptions(sockets);
      if (tls != null) {
        options.withTlsContext(tls);
      }
      return HttpClientConnectionManager.create(options);
    }
  }

  /**
   * To read all authorities of the machine takes 50 ms, and AWS's endpoints need none but Amazon's.
   */
  private TlsContext tls() throws IOException {
    try (TlsContextOptions options =
        TlsContextOptions.createDefaultClient()
            .withMinimumTlsVersion(TlsContextOptions.TlsVersions.TLSv1_2)
            .withVerifyPeer()) {
      if (caBundle != null) {
        options.overrideDefaultTrustStoreFromPath(null, caBundle.toString());
      } else if (amazonOnly) {
        believeAmazonOnly(options);
      }
      return new TlsContext(options);
    } catch (CrtRuntimeException e) {
      if (caBundle == null) {
        throw e;
      }
      throw new RotationException(
          MISCONFIGURED,
          "AWS_CA_BUNDLE (%s) holds no certificates in PEM form; correct it, or remove it"
              .formatted(caBundle),
          e);
    }
  }

  private static void believeAmazonOnly(TlsContextOptions options) throws IOException {
    URL roots = CrtHttp.class.getResource(AMAZON_ROOTS);
    if (roots == null) {
      throw new IOException("%s is missing beside this class".formatted(AMAZON_ROOTS));
    }
    if (roots.getProtocol().equals("file")) {
      // the runtime looks at texts with many regular expressions before it takes them
      options.overrideDefaultTrustStoreFromPath(
          null, Path.of(URI.create(roots.toString())).toString());
    } else {
      try (InputStream in = roots.openStream()) {
        options.overrideDefaultTrustStore(new String(in.readAllBytes(), UTF_8));
      }
    }
  }

  /**
   * One for all clients, started with the first connection: after a snapshot, not before it. Not by
   * a class that holds them: if that could once not be initialised, for want of a file or a thread,
   * it never could.
   */
  private static synchronized ClientBootstrap threads() {
    if (threads == null) {
      EventLoopGroup group = new EventLoopGroup(1);
      threads = new ClientBootstrap(group, new HostResolver(group));
    }
    return threads;
  }

  private static final class Body implements HttpRequestBodyStream {

    private final byte[] bytes;
    private int sent;

    Body(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean sendRequestBody(ByteBuffer to) {
      int count = Math.min(to.remaining(), bytes.length - sent);
      to.put(bytes, sent, count);
      sent += count;
      return sent == bytes.length;
    }

    @Override
    public boolean resetPosition() {
      sent = 0;
      return true;
    }

    @Override
    public long getLength() {
      return bytes.length;
    }
  }
}
