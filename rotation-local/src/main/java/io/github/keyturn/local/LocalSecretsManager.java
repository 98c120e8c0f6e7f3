package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A model of Secrets Manager that keeps its secrets in memory, and in a file if it is given one.
 *
 * <p>Rotations start with RotateSecret only; the schedule is kept and shown, but nothing runs by
 * it.
 */
public final class LocalSecretsManager implements AutoCloseable {

  private final Faults faults = new Faults();
  private final Functions functions = new Functions();
  private final List<LocalEndpoint> endpoints = new CopyOnWriteArrayList<>();
  private final @Nullable StateFile file;
  private final Secrets secrets;
  private final RotationRunner runner;
  private final Rotations rotations;
  private final Service service;

  private LocalSecretsManager(Builder builder, @Nullable StateFile file) throws IOException {
    this.file = file;
    secrets = new Secrets(builder.region, builder.clock, faults, file);
    RotationTokens rotationTokens = new RotationTokens();
    runner = new RotationRunner(secrets, rotationTokens, builder.policy(), builder.listener);
    rotations = new Rotations(secrets, functions, runner);
    SecretValues values = new SecretValues(secrets, rotationTokens);
    service =
        new Service(
            secrets,
            faults,
            List.of(
                values.operations(),
                rotations.operations(),
                new SecretLifecycle(secrets, values).operations(),
                new SecretListing(secrets, values).operations(),
                new VersionStages(secrets).operations(),
                new ResourcePolicies(secrets).operations(),
                new RandomPasswords().operations()));
  }

  /** A model that forgets everything when it is closed. */
  public static LocalSecretsManager inMemory() {
    try {
      return builder().open();
    } catch (IOException e) {
      throw new IllegalStateException("without a state file nothing is read", e);
    }
  }

  /** A model with settings of its own. */
  public static Builder builder() {
    return new Builder();
  }

  /** The door for the same process. Unlike the SDK, it does not try again by itself. */
  public SecretStore store() {
    return new LocalSecretStore(service, Instant.MAX);
  }

  /** Opens the door for other processes, at 127.0.0.1; port 0 takes any free one. */
  public LocalEndpoint listen(int port) throws IOException {
    return listen(loopback(), port);
  }

  /**
   * The same at another address of this machine, such as the one by which containers reach it.
   * Whoever else can reach it can read the secrets.
   */
  public LocalEndpoint listen(InetAddress address, int port) throws IOException {
    return listen(LocalEndpoint.open(service, address, port, null));
  }

  /** The same over TLS, with a certificate of the caller's for 127.0.0.1. */
  public LocalEndpoint listen(int port, SSLContext tls) throws IOException {
    return listen(LocalEndpoint.open(service, loopback(), port, tls));
  }

  private static InetAddress loopback() throws UnknownHostException {
    return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
  }

  private LocalEndpoint listen(LocalEndpoint endpoint) {
    endpoints.add(endpoint);
    return endpoint;
  }

  /** What shall go wrong, and what was called. */
  public Faults faults() {
    return faults;
  }

  /** Makes a function known, by its name or its ARN: what RotateSecret names may be either. */
  public void register(String nameOrArn, RotationFunction function) {
    functions.register(nameOrArn, function);
  }

  /** Calls an operation of the service by its name, with the members of its request. */
  public ObjectNode call(String operation, ObjectNode request) {
    return service.call(operation, request, Instant.MAX);
  }

  /** CreateSecret with a text; returns the ARN. */
  public String createSecret(String name, Secret value) {
    return call("CreateSecret", newVersion(value).put("Name", name)).path("ARN").asText();
  }

  /** PutSecretValue with a text, which becomes current; returns the version id. */
  public String putSecretValue(String secretId, Secret value) {
    return call("PutSecretValue", newVersion(value).put("SecretId", secretId))
        .path("VersionId")
        .asText();
  }

  /** RotateSecret by a registered function; returns the ClientRequestToken. */
  public String rotate(String secretId, String function) {
    return call(
            "RotateSecret",
            Json.object()
                .put("SecretId", secretId)
                .put("ClientRequestToken", UUID.randomUUID().toString())
                .put("RotationLambdaARN", function))
        .path("VersionId")
        .asText();
  }

  /**
   * Registers AWSPENDING on a new version without a value, as RotateSecret does before it invokes
   * the function, and leaves the steps to the caller; returns the ClientRequestToken.
   */
  public String stage(String secretId) {
    return secrets.locked(() -> rotations.stage(secretId));
  }

  /** Makes the secret one that an AWS service manages, which no client can. */
  public void manageBy(String secretId, String owningService) {
    secrets.locked(
        () -> {
          StoredSecret secret = secrets.edit(secretId);
          secret.owningService = owningService;
          secrets.save(secret);
          return secret;
        });
  }

  /**
   * Waits until no rotation of this secret runs, and tells how the last one ended.
   *
   * @throws IllegalStateException when there was none, or it takes longer than this
   */
  public RotationResult await(String secretId, Duration atMost) throws InterruptedException {
    return runner.await(secrets.locked(() -> secrets.edit(secretId).arn), atMost);
  }

  /** Ends running rotations after their step, closes the HTTP doors and gives the file free. */
  @Override
  public void close() {
    runner.close();
    endpoints.forEach(LocalEndpoint::close);
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static ObjectNode newVersion(Secret value) {
    return Json.object()
        .put("ClientRequestToken", UUID.randomUUID().toString())
        .put("SecretString", value.reveal());
  }

  /** The settings of a model; what is not set has a sensible default. */
  public static final class Builder {

    private @Nullable Path stateFile;
    private String region = "us-east-1";
    private Clock clock = Clock.systemUTC();
    private int attempts = 3;
    private Duration firstPause = Duration.ofSeconds(1);
    private boolean acrossAccounts;
    private RotationListener listener = new RotationListener() {};

    private Builder() {}

    /** Keeps the secrets in this file, readable by its owner only; it is made if need be. */
    public Builder stateFile(Path stateFile) {
      this.stateFile = stateFile;
      return this;
    }

    /** The Region in the ARNs of new secrets, by default us-east-1; clients of any are served. */
    public Builder region(String region) {
      this.region = region;
      return this;
    }

    /** Where the time comes from. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * How often a rotation is tried as a whole, and how long to pause before the second time; every
     * further pause is twice as long. By default 3 times, after 1 second.
     */
    public Builder attempts(int attempts, Duration firstPause) {
      this.attempts = attempts;
      this.firstPause = firstPause;
      return this;
    }

    /**
     * As if the function were in another account: a rotation fails unless PutSecretValue brings the
     * event's RotationToken.
     */
    public Builder acrossAccounts() {
      this.acrossAccounts = true;
      return this;
    }

    /** Who is told how rotations go. */
    public Builder listener(RotationListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * Reads the state file and locks it.
     *
     * @throws IOException when it can't be read, is not a state file, or another process has it;
     *     the message says what to do
     */
    public LocalSecretsManager open() throws IOException {
      if (stateFile == null) {
        return new LocalSecretsManager(this, null);
      }
      StateFile file = StateFile.lock(stateFile);
      try {
        return new LocalSecretsManager(this, file);
      } catch (IOException e) {
        file.close();
        throw e;
      }
    }

    private RotationRunner.Policy policy() {
      return new RotationRunner.Policy(attempts, firstPause, acrossAccounts);
    }
  }
}
