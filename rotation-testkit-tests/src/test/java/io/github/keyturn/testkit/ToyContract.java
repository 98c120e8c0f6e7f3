package io.github.keyturn.testkit;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The contract for a rotator of the toy server. */
abstract class ToyContract extends RotatorContract {

  private static final ToyServer SERVER = new ToyServer();

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) {
    String password = "first-" + UUID.randomUUID();
    return SecretDocument.parse(
        Secret.of(
            """
            {"port": %d, "account": "%s", "keyId": "%s", "password": "%s"}"""
                .formatted(
                    address.getPort(),
                    SERVER.newAccount(ToyServer.PRIMARY, password),
                    ToyServer.PRIMARY,
                    password)));
  }

  @Override
  protected boolean logsIn(SecretDocument value) throws IOException {
    String port = String.valueOf(SERVER.address().getPort());
    try (ToySession session = new ToySession(value.with("port", port))) {
      return session.accepted() && (!needsGrant() || session.ask("USE").equals("OK"));
    }
  }

  boolean needsGrant() {
    return false;
  }

  @Override
  protected Optional<InetSocketAddress> target() {
    return Optional.of(SERVER.address());
  }

  @Override
  protected Optional<Set<String>> liveCredentials(SecretDocument current) {
    return Optional.empty();
  }

  @Override
  protected boolean cutOff(SecretDocument account, boolean off) {
    SERVER.outOfOrder(account.text("account"), off);
    return true;
  }

  static Set<String> ids(SecretDocument current) {
    return SERVER.ids(current.text("account"));
  }

  @Override
  Path reportFolder() {
    return Path.of("target", "toy-contracts");
  }

  /** Most mistakes show in a third of the trials; the others, and what is no mistake, try all. */
  @Override
  int oneIn() {
    return 3;
  }

  /** Only the reference rotators wait for everything that takes its time. */
  @Override
  boolean tries(Trial trial) {
    return !trial.place().startsWith(Disturbance.SILENCE.toString())
        && !trial.place().startsWith("a late duplicate");
  }
}
