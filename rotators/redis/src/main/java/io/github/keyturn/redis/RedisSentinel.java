package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Sentinel, and the primary with its replicas that is ours among those that it watches. */
final class RedisSentinel implements AutoCloseable {

  private static final RedisCommand MASTERS = RedisCommand.of("SENTINEL MASTERS");
  private static final int SHORT_ID = 8;

  private final RedisNode connection;
  private final String master;
  private final Optional<RedisAddress> primary;

  private RedisSentinel(RedisNode connection, String master, Optional<RedisAddress> primary) {
    this.connection = connection;
    this.master = master;
    this.primary = primary;
  }

  /** Empty when it wants a login, and refuses this one. */
  static Optional<RedisSentinel> enter(
      RedisNode connection, RedisLogin login, Optional<String> master) {
    RedisReply reply = connection.ask(MASTERS);
    boolean closed =
        reply instanceof RedisReply.Refusal refusal && RedisErrors.isLoginRequired(refusal);
    return closed && !connection.login(login)
        ? Optional.empty()
        : Optional.of(watching(connection, master));
  }

  private static RedisSentinel watching(RedisNode connection, Optional<String> master) {
    List<Map<String, RedisReply>> masters =
        connection.require(MASTERS).items().stream().map(RedisReply::fields).toList();
    List<String> names = masters.stream().map(fields -> text(fields, "name")).toList();
    String ours = master.orElseGet(() -> names.size() == 1 ? names.get(0) : "");
    return masters.stream()
        .filter(fields -> text(fields, "name").equals(ours))
        .findFirst()
        .map(fields -> new RedisSentinel(connection, ours, address(fields)))
        .orElseThrow(
            () ->
                new RotationException(
                    MISCONFIGURED,
                    "%s watches %s; let the secret's field 'sentinelmaster' name the one that this secret is of"
                        .formatted(connection, names)));
  }

  private static String text(Map<String, RedisReply> fields, String name) {
    RedisReply value = fields.get(name);
    return value == null ? "" : value.text();
  }

  private static Optional<RedisAddress> address(Map<String, RedisReply> fields) {
    String host = text(fields, "ip");
    String port = text(fields, "port");
    return host.isEmpty() || port.isEmpty() || port.equals("0")
        ? Optional.empty()
        : Optional.of(new RedisAddress(host, Integer.parseInt(port)));
  }

  /** The name of the primary. */
  String master() {
    return master;
  }

  /** The primary and its replicas, also those that are down. */
  List<RedisAddress> dataNodes() {
    List<RedisAddress> nodes = new ArrayList<>();
    primary.ifPresent(nodes::add);
    nodes.addAll(addresses("SENTINEL REPLICAS"));
    return nodes;
  }

  /**
   * The other Sentinels of this primary, by {@link #shortId}. Whoever may publish on a data node
   * can add to them.
   */
  Map<String, RedisAddress> others() {
    Map<String, RedisAddress> others = new HashMap<>();
    for (Map<String, RedisReply> fields : about("SENTINEL SENTINELS")) {
      address(fields).ifPresent(address -> others.put(shortId(text(fields, "runid")), address));
    }
    return others;
  }

  private List<RedisAddress> addresses(String command) {
    return about(command).stream().flatMap(fields -> address(fields).stream()).toList();
  }

  private List<Map<String, RedisReply>> about(String command) {
    return connection.require(RedisCommand.of(command, master)).items().stream()
        .map(RedisReply::fields)
        .toList();
  }

  /** What it calls itself on its connections to data nodes. */
  String shortId() {
    return shortId(connection.require(RedisCommand.of("SENTINEL MYID")).text());
  }

  private static String shortId(String id) {
    return id.substring(0, Math.min(SHORT_ID, id.length()));
  }

  /** Logs in to data nodes with this password from its next connection on; it keeps that itself. */
  void follow(Secret password) {
    connection.require(RedisCommand.of("SENTINEL SET", master, "auth-pass").and(password));
  }

  @Override
  public String toString() {
    return connection.toString();
  }

  @Override
  public void close() {
    connection.close();
  }
}
