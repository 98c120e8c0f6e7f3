package io.github.keyturn.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A target on a real socket that can do what real ones can. Each line is a command, and is answered
 * by a line.
 *
 * <ul>
 *   <li>{@code LOGIN account password}, first of all
 *   <li>{@code SET password}: it ends all others; {@code RETAIN password}: it ends all others but
 *       the newest; {@code BOTH password password}: they end all others
 *   <li>{@code END_SECOND}: it ends the second of two
 *   <li>{@code ISSUE label}: answers with a new key, in place of one of this label; {@code REVOKE
 *       label}: ends it
 *   <li>{@code GRANT} and {@code USE}: a right that a new password does not have by itself
 * </ul>
 */
final class ToyServer implements AutoCloseable {

  private static final String OK = "OK";
  private static final String NO = "NO";

  /** The ids of passwords that clients choose. */
  static final String PRIMARY = "primary";

  private static final String SECONDARY = "secondary";

  private final ServerSocket door;
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  private static final class Account {
    private final Map<String, String> credentials = new LinkedHashMap<>();
    private final Set<String> granted = ConcurrentHashMap.newKeySet();
    private volatile boolean outOfOrder;
  }

  ToyServer() {
    try {
      door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::letIn);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "toy server");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) door.getLocalSocketAddress();
  }

  /** A new account with one credential, which has the right. */
  String newAccount(String id, String password) {
    String name = UUID.randomUUID().toString();
    newAccount(name, id, password);
    return name;
  }

  /** The same by a name that another server has too. */
  void newAccount(String name, String id, String password) {
    Account account = new Account();
    account.credentials.put(id, password);
    account.granted.add(password);
    accounts.put(name, account);
  }

  /** What puts the account's credentials back to what they are now. */
  Runnable snapshot(String name) {
    Account account = account(name);
    synchronized (account) {
      Map<String, String> now = new LinkedHashMap<>(account.credentials);
      return () -> {
        synchronized (account) {
          account.credentials.clear();
          account.credentials.putAll(now);
        }
      };
    }
  }

  /** The ids of an account's credentials. */
  Set<String> ids(String name) {
    Account account = account(name);
    synchronized (account) {
      return Set.copyOf(account.credentials.keySet());
    }
  }

  /** Whether logins to the account are answered with neither yes nor no. */
  void outOfOrder(String name, boolean outOfOrder) {
    account(name).outOfOrder = outOfOrder;
  }

  private boolean accepts(String name, String password) {
    Account account = account(name);
    synchronized (account) {
      return account.credentials.containsValue(password);
    }
  }

  private Account account(String name) {
    Account account = accounts.get(name);
    if (account == null) {
      throw new IllegalArgumentException("there is no account " + name);
    }
    return account;
  }

  private void letIn() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        start(() -> serve(client));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      client.setTcpNoDelay(true);
      String[] login = String.valueOf(in.readLine()).split(" ", -1);
      boolean accepted = login.length == 3 && accepts(login[1], login[2]);
      boolean outOfOrder = login.length == 3 && account(login[1]).outOfOrder;
      answer(client, outOfOrder ? "OUT OF ORDER" : accepted ? OK : NO);
      for (String line = in.readLine(); accepted && line != null; line = in.readLine()) {
        answer(client, obey(account(login[1]), login[2], line.split(" ", -1)));
      }
    } catch (IOException e) {
      // the client went away
    }
  }

  private static void answer(Socket client, String line) throws IOException {
    client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String obey(Account account, String login, String[] command) {
    synchronized (account) {
      Map<String, String> credentials = account.credentials;
      switch (command[0]) {
        case "SET" -> {
          credentials.clear();
          credentials.put(PRIMARY, command[1]);
        }
        case "RETAIN" -> {
          String newest = credentials.get(PRIMARY);
          credentials.put(SECONDARY, String.valueOf(newest));
          credentials.put(PRIMARY, command[1]);
        }
        case "END_SECOND" -> credentials.remove(SECONDARY);
        case "BOTH" -> {
          credentials.clear();
          credentials.put(PRIMARY, command[1]);
          credentials.put(SECONDARY, command[2]);
        }
        case "ISSUE" -> {
          String key = "key-" + UUID.randomUUID();
          credentials.put(command[1], key);
          return key;
        }
        case "REVOKE" -> credentials.remove(command[1]);
        case "GRANT" -> account.granted.add(login);
        case "USE" -> {
          return account.granted.contains(login) ? OK : NO;
        }
        default -> {
          return NO;
        }
      }
      return OK;
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
