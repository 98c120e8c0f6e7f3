package io.github.keyturn.testkit;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A target of two toy servers, which know nothing of each other. */
final class ToyNodes {

  private ToyNodes() {}

  /** The contract for a rotator of both. */
  abstract static class Contract extends RotatorContract {

    private static final List<ToyServer> SERVERS = List.of(new ToyServer(), new ToyServer());

    @Override
    protected List<InetSocketAddress> targets() {
      return SERVERS.stream().map(ToyServer::address).toList();
    }

    @Override
    protected SecretDocument newAccount(InetSocketAddress address) {
      return newAccount(List.of(address));
    }

    @Override
    protected SecretDocument newAccount(List<InetSocketAddress> addresses) {
      String account = UUID.randomUUID().toString();
      String password = "first-" + UUID.randomUUID();
      SERVERS.forEach(server -> server.newAccount(account, ToyServer.PRIMARY, password));
      String ports =
          addresses.stream()
              .map(address -> String.valueOf(address.getPort()))
              .collect(Collectors.joining(","));
      return SecretDocument.parse(
          Secret.of(
              """
              {"ports": "%s", "account": "%s", "password": "%s"}"""
                  .formatted(ports, account, password)));
    }

    @Override
    protected boolean logsIn(SecretDocument value) throws IOException {
      return logsIn(value, 0);
    }

    @Override
    protected boolean logsIn(SecretDocument value, int node) throws IOException {
      int port = SERVERS.get(node).address().getPort();
      return ToyRotators.logsIn(value.with("port", String.valueOf(port)));
    }

    @Override
    protected Optional<NodeState> remember(SecretDocument account, int node) {
      Runnable snapshot = SERVERS.get(node).snapshot(account.text("account"));
      return Optional.of(snapshot::run);
    }

    @Override
    Path reportFolder() {
      return Path.of("target", "toy-contracts");
    }

    @Override
    int oneIn() {
      return 3;
    }

    @Override
    boolean tries(Trial trial) {
      return !trial.place().startsWith(Disturbance.SILENCE.toString())
          && !trial.place().startsWith("a late duplicate");
    }
  }

  /** A new password beside the one before, on each server; the broken ones differ from this. */
  static class TwoPasswords implements OverlappingRotator {

    @Override
    public SecretDocument create(SecretDocument current, Rotation rotation) {
      return current.with("password", rotation.newPassword());
    }

    @Override
    public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
        throws Exception {
      SecretDocument current = rotation.current();
      Verdict verdict = Verdict.ACCEPTED;
      for (String node : nodesToSet(pending)) {
        String both = "BOTH %s %s".formatted(pending.text("password"), current.text("password"));
        if (!runAsOneOf(node, both, current, authority, pending)) {
          verdict = Verdict.REJECTED;
        }
      }
      return verdict;
    }

    List<String> nodesToSet(SecretDocument pending) {
      return nodes(pending);
    }

    static List<String> nodes(SecretDocument value) {
      return List.of(value.text("ports").split(","));
    }

    boolean runAsOneOf(String node, String command, SecretDocument... logins) throws Exception {
      for (SecretDocument login : logins) {
        try (ToySession session = new ToySession(login.with("port", node))) {
          if (session.accepted()) {
            session.ask(command);
            return true;
          }
        }
      }
      return false;
    }

    @Override
    public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
      int accepted = 0;
      List<String> nodes = nodesToCheck(candidate);
      for (String node : nodes) {
        accepted += ToyRotators.logsIn(candidate.with("port", node)) ? 1 : 0;
      }
      if (accepted == nodes.size()) {
        return Verdict.ACCEPTED;
      }
      return accepted == 0 ? Verdict.REJECTED : Verdict.INCOMPLETE;
    }

    List<String> nodesToCheck(SecretDocument candidate) {
      return nodes(candidate);
    }

    @Override
    public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
        throws Exception {
      for (String node : nodes(current)) {
        runAsOneOf(node, "SET " + current.text("password"), current, old);
      }
    }

    static List<String> first(List<String> nodes) {
      return Stream.of(nodes.get(0)).toList();
    }
  }
}
