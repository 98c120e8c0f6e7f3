package io.github.keyturn.jdbc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers as the RDS API does: AWS's Query protocol over HTTP.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html">RDS API
 *     reference</a>
 */
final class RdsStandIn implements AutoCloseable {

  private static final String NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/";

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private volatile Answer answer = exchange -> send(exchange, 500, "");

  @FunctionalInterface
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  RdsStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI endpoint() {
    return URI.create(
        "http://%s:%d"
            .formatted(server.getAddress().getHostString(), server.getAddress().getPort()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
              + exchange.getRequestHeaders().entrySet());
      answer.to(exchange);
    }
  }

  void instance(String host, int port) {
    instances(
        """
        <DBInstance>
          <DBInstanceIdentifier>orders</DBInstanceIdentifier>
          <DBInstanceStatus>available</DBInstanceStatus>
          <Engine>postgres</Engine>
          <Endpoint>
            <Address>%s</Address>
            <Port>%d</Port>
            <HostedZoneId>Z1R25G3KIG2GBW</HostedZoneId>
          </Endpoint>
        </DBInstance>
        """
            .formatted(host, port));
  }

  void instanceWithoutEndpoint() {
    instances(
        """
        <DBInstance>
          <DBInstanceIdentifier>orders</DBInstanceIdentifier>
          <DBInstanceStatus>creating</DBInstanceStatus>
          <Engine>postgres</Engine>
        </DBInstance>
        """);
  }

  void noInstance() {
    instances("");
  }

  private void instances(String instances) {
    result("DescribeDBInstances", "<DBInstances>" + instances + "</DBInstances>");
  }

  void cluster(String writer, String reader, int port) {
    result(
        "DescribeDBClusters",
        """
        <DBClusters>
          <DBCluster>
            <DBClusterIdentifier>orders</DBClusterIdentifier>
            <Status>available</Status>
            <Engine>aurora-postgresql</Engine>
            <Endpoint>%s</Endpoint>
            <ReaderEndpoint>%s</ReaderEndpoint>
            <Port>%d</Port>
            <DBClusterMembers>
              <DBClusterMember>
                <DBInstanceIdentifier>orders-1</DBInstanceIdentifier>
                <IsClusterWriter>true</IsClusterWriter>
              </DBClusterMember>
            </DBClusterMembers>
          </DBCluster>
        </DBClusters>
        """
            .formatted(writer, reader, port));
  }

  void clusterWithoutEndpoint() {
    result(
        "DescribeDBClusters",
        """
        <DBClusters>
          <DBCluster>
            <DBClusterIdentifier>orders</DBClusterIdentifier>
            <Status>creating</Status>
          </DBCluster>
        </DBClusters>
        """);
  }

  private void result(String operation, String result) {
    String body =
        """
        <%1$sResponse xmlns="%2$s">
          <%1$sResult>%3$s</%1$sResult>
          <ResponseMetadata><RequestId>c9a2f0f1</RequestId></ResponseMetadata>
        </%1$sResponse>
        """
            .formatted(operation, NAMESPACE, result);
    answer =
        exchange -> {
          boolean asked = requests.get(requests.size() - 1).contains("Action=" + operation + "&");
          send(exchange, asked ? 200 : 400, asked ? body : "");
        };
  }

  void error(int status, String code, String message) {
    String body =
        """
        <ErrorResponse xmlns="%s">
          <Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>
          <RequestId>c9a2f0f1</RequestId>
        </ErrorResponse>
        """
            .formatted(NAMESPACE, code, message);
    answer = exchange -> send(exchange, status, body);
  }

  /** Sends a byte now and then, so that no read ever takes too long. */
  void trickle() {
    answer =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 60; i++) {
              out.write(' ');
              out.flush();
              Thread.sleep(500);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/xml");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
