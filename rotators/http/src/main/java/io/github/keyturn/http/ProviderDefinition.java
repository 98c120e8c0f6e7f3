package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a provider's API for keys is like: a JSON file that {@code provider.schema.json} and {@code
 * docs/http-providers.md} describe.
 */
public final class ProviderDefinition {

  /** The definitions that come with this library, by name. */
  public static final List<String> SHIPPED =
      List.of(
          "auth0",
          "cloudflare",
          "cloudflare-roll",
          "confluent-cloud",
          "datadog",
          "gitlab",
          "mongodb-atlas",
          "okta",
          "openai",
          "sendgrid",
          "twilio",
          "twilio-auth-token");

  static final int LARGEST_FILE = 256 * 1024;

  /** Some editors begin a file with it. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Content content;

  /**
   * What the definition says.
   *
   * @param secretValue the field of the secret that holds the key
   * @param secretId the field that holds the key's id at the provider
   * @param settings the function's values for the definition's settings
   * @param maxKeys how many keys the provider lets there be
   * @param grace how long a replaced key goes on working
   * @param propagation how long a new key may be refused
   * @param errorCode where a failed answer has a code that may be shown
   */
  record Content(
      String name,
      List<String> comment,
      List<String> documentation,
      Strategy strategy,
      String secretValue,
      Optional<String> secretId,
      Map<String, SettingDefinition> settingDefinitions,
      Map<String, Object> settings,
      Map<String, Operation> operations,
      Naming naming,
      Optional<Integer> maxKeys,
      int expiryDays,
      Optional<Duration> grace,
      Duration propagation,
      Optional<JsonPointer> errorCode) {}

  ProviderDefinition(Content content) {
    this.content = content;
  }

  /**
   * The definition that the function's {@code PROVIDER_DEFINITION} names.
   *
   * @throws RotationException MISCONFIGURED when it names none, or the definition is wrong; the
   *     message has the place and what may stand there
   */
  public static ProviderDefinition fromSettings(RotationSettings settings) {
    String name =
        settings
            .text(HttpKeySettings.DEFINITION)
            .orElseThrow(
                () ->
                    new RotationException(
                        MISCONFIGURED,
                        "%s is not set; it must be the path of a provider definition, such as /opt/provider.json, or one of %s"
                            .formatted(HttpKeySettings.DEFINITION, SHIPPED)));
    return load(name.strip(), settings);
  }

  /**
   * A shipped definition by its name, or one from a file; a file has a slash or a dot in its name.
   *
   * @throws RotationException MISCONFIGURED as in {@link #fromSettings}
   */
  public static ProviderDefinition load(String nameOrFile, RotationSettings settings) {
    String text =
        nameOrFile.matches("[a-z0-9-]+") ? shipped(nameOrFile) : file(Path.of(nameOrFile));
    return parse(nameOrFile, text, settings);
  }

  static ProviderDefinition parse(String origin, String json, RotationSettings settings) {
    return new ProviderDefinition(new DefinitionReader(origin, settings).read(json));
  }

  private static String shipped(String name) {
    if (!SHIPPED.contains(name)) {
      throw new RotationException(
          MISCONFIGURED,
          "there is no provider definition '%s'; it must be one of %s, or the path of a file such as /opt/provider.json"
              .formatted(name, SHIPPED));
    }
    try (InputStream file =
        ProviderDefinition.class.getResourceAsStream("providers/" + name + ".json")) {
      return decode(name, file == null ? new byte[0] : file.readNBytes(LARGEST_FILE + 1));
    } catch (IOException e) {
      throw new RotationException(
          MISCONFIGURED, "the provider definition %s can't be read".formatted(name), e);
    }
  }

  private static String file(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      return decode(file.toString(), content.readNBytes(LARGEST_FILE + 1));
    } catch (IOException e) {
      throw new RotationException(
          MISCONFIGURED,
          "the provider definition %s can't be read (%s); a file in the function's zip is relative to its root, one of a layer is under /opt"
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  private static String decode(String origin, byte[] bytes) {
    if (bytes.length > LARGEST_FILE) {
      throw new RotationException(
          MISCONFIGURED,
          "the provider definition %s is larger than %d bytes".formatted(origin, LARGEST_FILE));
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
  }

  /** The provider's name. */
  public String name() {
    return content.name();
  }

  /** What the definition says and what follows from it, for people; a line for each thing. */
  public List<String> explain() {
    return new Explanation(this).lines();
  }

  List<String> comment() {
    return content.comment();
  }

  List<String> documentation() {
    return content.documentation();
  }

  Strategy strategy() {
    return content.strategy();
  }

  String secretValue() {
    return content.secretValue();
  }

  Optional<String> secretId() {
    return content.secretId();
  }

  Map<String, SettingDefinition> settingDefinitions() {
    return content.settingDefinitions();
  }

  Map<String, Object> settings() {
    return content.settings();
  }

  Stream<Operation> operations() {
    return content.operations().values().stream();
  }

  Optional<Operation> find(String operation) {
    return Optional.ofNullable(content.operations().get(operation));
  }

  /** An operation that the strategy needs, so that it is there. */
  Operation operation(String operation) {
    return find(operation)
        .orElseThrow(() -> new IllegalStateException("no operation " + operation));
  }

  Naming naming() {
    return content.naming();
  }

  Optional<Integer> maxKeys() {
    return content.maxKeys();
  }

  int expiryDays() {
    return content.expiryDays();
  }

  Optional<Duration> grace() {
    return content.grace();
  }

  Duration propagation() {
    return content.propagation();
  }

  Optional<JsonPointer> errorCode() {
    return content.errorCode();
  }

  boolean needsAdmin() {
    return operations().anyMatch(Operation::needsAdmin);
  }

  /** Whether the provider lists names, which say whose key it is. */
  boolean listsNames() {
    return find("list").flatMap(Operation::item).flatMap(ListItem::name).isPresent();
  }

  /** Whether old and new work at the same time. */
  boolean overlaps() {
    return switch (strategy()) {
      case ISSUE, TWO_SLOT, GRACE -> true;
      case CLIENT_CHOSEN -> find("revoke").isPresent();
      case SWAP -> false;
    };
  }

  /** The fields of the secret that say whose key it is; rotating does not change them. */
  Set<String> ownerFields() {
    Set<String> changing = new TreeSet<>(operation("create").extract().keySet());
    changing.add(secretValue());
    secretId().ifPresent(changing::add);
    Function<Placeholder, Boolean> isOwner =
        placeholder ->
            placeholder.source() == Source.SECRET && !changing.contains(placeholder.field());
    Set<String> fields = new TreeSet<>();
    operations()
        .flatMap(Operation::placeholders)
        .filter(isOwner::apply)
        .forEach(placeholder -> fields.add(placeholder.field()));
    return fields;
  }

  @Override
  public String toString() {
    return "ProviderDefinition[%s]".formatted(name());
  }
}
