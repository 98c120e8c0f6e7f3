package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.networknt.schema.JsonSchema;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What may be wrong with a definition: found when it is read, with its place and what may be there.
 */
class BadDefinitionsTest {

  private static final JsonSchema SCHEMA = SchemaTest.schema();

  /** What only the parser can tell, because it is about several places. */
  @SuppressWarnings("UnusedVariable") // the first is the test's name
  @ParameterizedTest(name = "{0}")
  @MethodSource("relations")
  void sayWhichPartsDoNotFit(String what, TestDefinition definition, String message) {
    requireRefused(definition, message);
  }

  /** What an editor finds as well. */
  @SuppressWarnings("UnusedVariable") // the first is the test's name
  @ParameterizedTest(name = "{0}")
  @MethodSource("places")
  void sayWhatMayStandInAPlace(String what, TestDefinition definition, String message) {
    requireRefused(definition, message);
    assertThat(SCHEMA.validate(definition.json())).as("what the schema says").isNotEmpty();
  }

  private static void requireRefused(TestDefinition definition, String message) {
    RotationException refusal = catchThrowableOfType(RotationException.class, definition::read);
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(refusal.reason()).isEqualTo(MISCONFIGURED);
    assertThat(refusal).hasMessageContaining("the provider definition test.json");
    assertThat(refusal).hasMessageContaining(message);
  }

  private static TestDefinition with(String pointer, String value) {
    return TestDefinition.small().with(pointer, value);
  }

  private static TestDefinition without(String pointer) {
    return TestDefinition.small().without(pointer);
  }

  private static TestDefinition swap() {
    return without("/operations/list").without("/operations/revoke").with("/strategy", "\"swap\"");
  }

  private static TestDefinition twoSlots() {
    return TestDefinition.shipped("twilio-auth-token");
  }

  static Stream<Arguments> places() {
    return Stream.of(
        arguments("no name", without("/name"), "has no field 'name'; add it"),
        arguments("a blank name", with("/name", "\" \""), "at /name must be a text"),
        arguments("no strategy", without("/strategy"), "has no field 'strategy'"),
        arguments(
            "an unknown strategy",
            with("/strategy", "\"rotate\""),
            "at /strategy is 'rotate'; it must be one of issue, client-chosen, two-slot, grace, swap"),
        arguments(
            "an unknown field",
            with("/operation", "{}"),
            "at /operation is an unknown field; known here are [$schema, comment,"),
        arguments(
            "an unknown field of an operation",
            with("/operations/create/body", "{}"),
            "at /operations/create/body is an unknown field"),
        arguments("no secret", without("/secret"), "has no field 'secret'"),
        arguments("no value", without("/secret/value"), "at /secret has no field 'value'"),
        arguments("no operations", without("/operations"), "has no field 'operations'"),
        arguments(
            "a list of operations", with("/operations", "[]"), "at /operations must be an object"),
        arguments(
            "no verify",
            without("/operations/verify"),
            "lacks [verify], which the strategy issue needs"),
        arguments(
            "an unknown method",
            with("/operations/create/method", "\"FETCH\""),
            "at /operations/create/method is 'FETCH'; it must be one of [GET, POST, PUT, PATCH, DELETE]"),
        arguments(
            "no URL",
            without("/operations/create/url"),
            "at /operations/create has no field 'url'"),
        arguments(
            "http beyond this machine",
            with("/operations/create/url", "\"http://api.example.com/keys\""),
            "is not https; http is for addresses of this machine only"),
        arguments(
            "a URL without a host",
            with("/operations/create/url", "\"/v3/api_keys\""),
            "it must be an absolute https URL"),
        arguments(
            "a file as URL",
            with("/operations/create/url", "\"file:///etc/passwd\""),
            "it must be an absolute https URL"),
        arguments(
            "a query in the URL",
            with("/operations/create/url", "\"https://api.example.com/keys?limit=1\""),
            "without query and fragment"),
        arguments("no expectation", without("/operations/create/expect"), "has no field 'expect'"),
        arguments(
            "no status",
            with("/operations/create/expect/status", "[]"),
            "at /operations/create/expect/status must name at least one status"),
        arguments(
            "a status that is none",
            with("/operations/create/expect/status", "[42]"),
            "at /operations/create/expect/status/0 must be a whole number from 200 to 599"),
        arguments(
            "a status as text",
            with("/operations/create/expect/status", "[\"201\"]"),
            "must be a whole number from 200 to 599"),
        arguments(
            "a JSONPath for a pointer",
            with("/operations/create/extract/apiKey", "\"$.api_key\""),
            "is '$.api_key'; it must be a JSON pointer such as /data/id"),
        arguments(
            "a condition that says nothing",
            with("/operations/create/expect/json", "[{\"pointer\": \"/errors\"}]"),
            "must have exactly one of"),
        arguments(
            "absent and yet not",
            with("/operations/create/expect/json", "[{\"pointer\": \"/e\", \"absent\": false}]"),
            "must be true; use 'equals'"),
        arguments(
            "a login of two kinds",
            with("/logins/key/query", "{\"key\": \"${secret.apiKey}\"}"),
            "at /logins/key must have exactly one of [basic, header, oauth2, query], but has [header, query]"),
        arguments("a login of no kind", with("/logins/key", "{}"), "but has []"),
        arguments(
            "basic authentication without a password",
            with("/logins/key", "{\"basic\": {\"username\": \"${secret.apiKey}\"}}"),
            "at /logins/key/basic has no field 'password'"),
        arguments(
            "a client without its secret",
            with(
                "/logins/key",
                "{\"oauth2\": {\"tokenUrl\": \"https://a.example.com/t\", \"clientId\": \"${secret.apiKey}\"}}"),
            "at /logins/key/oauth2 has no field 'clientSecret'"),
        arguments(
            "GraphQL with a placeholder in its query",
            with("/operations/create/graphql", "{\"query\": \"{ key(name: \\\"${name}\\\") }\"}")
                .without("/operations/create/json"),
            "put it into 'variables'"),
        arguments(
            "pagination of two kinds",
            with(
                "/operations/list/pagination",
                "{\"link\": \"header\", \"page\": \"page\", \"size\": 50}"),
            "must have exactly one of"),
        arguments(
            "pages without a size",
            with("/operations/list/pagination", "{\"page\": \"page\"}"),
            "at /operations/list/pagination has no field 'size'"),
        arguments(
            "no limit of names", with("/naming", "{}"), "at /naming has no field 'maxLength'"),
        arguments(
            "names without a version",
            with("/naming", "{\"template\": \"${secretTag}\", \"maxLength\": 64}"),
            "${version} at its end"),
        arguments(
            "names without the secret's tag",
            with("/naming", "{\"template\": \"app-${version}\", \"maxLength\": 64}"),
            "it must be of plain characters"),
        arguments("no keys at all", with("/maxKeys", "0"), "at /maxKeys must be a whole number"),
        arguments("half a key", with("/maxKeys", "2.5"), "at /maxKeys must be a whole number"),
        arguments(
            "a timeout longer than Lambda's patience",
            with("/timeoutSeconds", "3600"),
            "at /timeoutSeconds must be a whole number from 1 to 120"),
        arguments(
            "a retry of what has worked",
            with("/retry", "{\"statuses\": [200], \"attempts\": 3}"),
            "at /retry/statuses/0 must be a whole number from 400 to 599"),
        arguments(
            "a setting without a description",
            with("/settings", "{\"domain\": {}}"),
            "at /settings/domain has no field 'description'"),
        arguments(
            "a setting with a name that no variable can have",
            with("/settings", "{\"the domain\": {\"description\": \"d\"}}"),
            "must have a name of letters and digits"));
  }

  static Stream<Arguments> relations() {
    return Stream.of(
        arguments(
            "a login that nobody knows",
            with("/operations/create/login", "\"root\""),
            "at /operations/create/login is 'root'; it must be one of the definition's logins [key, admin]"),
        arguments(
            "a login that nobody uses",
            with("/logins/other", "{\"query\": {\"key\": \"${secret.apiKey}\"}}"),
            "at /logins/other is used by no operation"),
        arguments(
            "a login that proves nothing",
            with("/logins/key/header/Authorization", "\"Bearer public\""),
            "so it proves nothing"),
        arguments(
            "a login of two owners",
            with("/logins/key/header/X-Admin", "\"${admin.apiKey}\""),
            "mixes the secret's own fields with the superuser secret's"),
        arguments(
            "verify without the key",
            without("/operations/verify/login"),
            "at /operations/verify does not use ${secret.apiKey}"),
        arguments(
            "verify as superuser",
            with("/operations/verify/login", "\"admin\"")
                .with("/operations/verify/headers", "{\"X\": \"${secret.apiKey}\"}")
                .with("/operations/list/login", "\"key\""),
            "logs in with the superuser secret, so it proves nothing"),
        arguments(
            "verify that can't say no",
            without("/operations/verify/rejected"),
            "has no field 'rejected'; say how the provider refuses a key"),
        arguments(
            "an operation that the strategy needs",
            without("/operations/revoke"),
            "lacks [revoke], which the strategy issue needs"),
        arguments(
            "an operation that the strategy does not use",
            with(
                    "/operations/promote",
                    TestDefinition.small().json().at("/operations/list").toString())
                .without("/operations/promote/items")
                .without("/operations/promote/item"),
            "at /operations/promote is not used by the strategy issue"),
        arguments(
            "verify that takes a refusal for a yes",
            with("/operations/verify/expect/status", "[200, 401]"),
            "at /operations/verify/rejected says 401, which 'expect' says as well, so every key would be accepted"),
        arguments(
            "verify that takes a refusal for a yes, among others",
            with("/operations/verify/expect/status", "[200, 403]")
                .with(
                    "/operations/verify/rejected",
                    "[{\"status\": [401]}, {\"status\": [403], \"json\": [{\"pointer\": \"/e\", \"equals\": 1}]}]"),
            "at /operations/verify/rejected/1 says 403"),
        arguments(
            "a port that is none",
            with("/operations/create/url", "\"https://api.example.com:65536/keys\""),
            "has the host 'api.example.com:65536', which is none"),
        arguments(
            "a key that is its own id",
            with("/secret/id", "\"apiKey\""),
            "at /secret/id is the field of the key itself; ids are shown in messages and URLs"),
        arguments(
            "a request that nobody sends",
            without("/operations/create/login").without("/operations/list/login"),
            "at /operations/list has no field 'login', so nobody is known to send it"),
        arguments(
            "a promotion by somebody else than the key that it ends",
            TestDefinition.shipped("twilio-auth-token")
                .with(
                    "/logins/admin",
                    "{\"basic\": {\"username\": \"x\", \"password\": \"${admin.token}\"}}")
                .with("/operations/promote/login", "\"admin\""),
            "at /operations/promote does not log in with ${secret.authToken}"),
        arguments(
            "a key that is not taken out of the answer",
            without("/operations/create/extract/apiKey"),
            "at /operations/create does not extract 'apiKey'"),
        arguments(
            "an id that is not taken out of the answer",
            without("/operations/create/extract/apiKeyId"),
            "does not extract 'apiKeyId', by which the key is revoked later"),
        arguments("no id", without("/secret/id"), "at /secret has no field 'id'"),
        arguments(
            "names that nobody gives",
            with("/operations/create/json/name", "\"app\""),
            "does not use ${name}, so that 'list' could tell whose key it is"),
        arguments(
            "names that nobody reads",
            without("/operations/list/item/name"),
            "so the names that 'create' gives are lost"),
        arguments(
            "a list without entries", without("/operations/list/item"), "has no field 'item'"),
        arguments(
            "the superuser outside of a login",
            with("/operations/create/json/by", "\"${admin.apiKey}\""),
            "uses ${admin.apiKey}, which is unknown here; it may use ${secret.…}, ${setting.…}, ${described.…}, ${key.…}, ${expiry.…}, ${name}"),
        arguments(
            "a placeholder that is none",
            with("/operations/create/json/by", "\"${random}\""),
            "uses ${random}, which is unknown here"),
        arguments(
            "a placeholder without its end",
            with("/operations/create/json/by", "\"${name\""),
            "has a '${' without its '}'"),
        arguments(
            "a key that is not there yet",
            with("/operations/create/json/id", "\"${key.id}\""),
            "uses ${key.id}, and there is no key yet"),
        arguments(
            "a chosen value without that strategy",
            with("/operations/create/json/key", "\"${key.value}\""),
            "uses ${key.value}, which is for the strategy client-chosen"),
        arguments(
            "a description that was not asked for",
            with("/operations/create/json/scopes", "\"${described.scopes}\""),
            "uses ${described.scopes}, which 'describe' does not extract"),
        arguments(
            "a host from the secret",
            with("/operations/create/url", "\"https://${secret.host}/keys\""),
            "has the host '${secret.host}'; it must be a host name with an optional port, of the definition and the function's settings alone"),
        arguments(
            "a part of a host from the secret",
            with("/operations/create/url", "\"https://${secret.tenant}.example.com/keys\""),
            "of the definition and the function's settings alone"),
        arguments(
            "a user in the host",
            with("/operations/create/url", "\"https://api.example.com@evil.example.com/keys\""),
            "it must be a host name with an optional port"),
        arguments(
            "a setting in the host that nobody has set",
            with("/operations/create/url", "\"https://${setting.domain}/keys\"")
                .with("/settings", "{\"domain\": {\"description\": \"the tenant's\"}}"),
            "needs the setting 'domain' for its host; set PROVIDER_DOMAIN on the function"),
        arguments(
            "the metadata service",
            with("/operations/create/url", "\"https://169.254.169.254/latest/meta-data\""),
            "link-local and metadata addresses are never called"),
        arguments(
            "the metadata service over IPv6",
            with("/operations/create/url", "\"https://[fd00:ec2::254]/latest/meta-data\""),
            "link-local and metadata addresses are never called"),
        arguments(
            "a link-local address",
            with("/operations/create/url", "\"https://[fe80::1]/keys\""),
            "link-local and metadata addresses are never called"),
        arguments(
            "a path that leads upwards",
            with("/operations/create/url", "\"https://api.example.com/v3/../admin\""),
            "has a path with '.', '..' or '//' in it"),
        arguments(
            "a header that the client sets",
            with("/operations/create/headers", "{\"Host\": \"evil.example.com\"}"),
            "is a header that the HTTP client sets itself"),
        arguments(
            "a header's name with a line break",
            with("/operations/create/headers", "{\"X\\r\\nY\": \"1\"}"),
            "is not the name of a header"),
        arguments(
            "a header's value with a line break",
            with("/operations/create/headers", "{\"X\": \"1\\r\\nHost: evil.example.com\"}"),
            "has a character that a header can't carry"),
        arguments(
            "a body that GET does not carry",
            with("/operations/verify/json", "{}"),
            "has a body, which GET does not carry"),
        arguments(
            "two bodies",
            with("/operations/create/form", "{\"name\": \"${name}\"}"),
            "must have exactly one of"),
        arguments(
            "a field of another operation",
            with("/operations/create/items", "\"/result\""),
            "at /operations/create has 'items', which is for 'list' only"),
        arguments(
            "names that leave no room",
            with("/naming", "{\"template\": \"${secretTag}-${version}\", \"maxLength\": 30}"),
            "leaves 10 characters for the version, and must leave 12"),
        arguments(
            "one key at most for two",
            with("/maxKeys", "1"),
            "at /maxKeys must be 2 at least, for the old and the new key"),
        arguments(
            "grace without its length",
            with("/strategy", "\"grace\""),
            "has no field 'graceHours'"),
        arguments(
            "grace for another strategy",
            with("/graceHours", "24"),
            "is for the strategy grace only"),
        arguments(
            "a swap that logs in with what it ends",
            swap()
                .with("/operations/create/login", "\"key\"")
                .without("/logins/admin")
                .with("/operations/create/json", "{}"),
            "logs in with the key that it ends; a lost answer would be a lost key"),
        arguments(
            "chosen values that are not sent",
            with("/strategy", "\"client-chosen\""),
            "does not use ${key.value}, the value that is chosen here"),
        arguments(
            "chosen values that are not found again",
            with("/strategy", "\"client-chosen\"")
                .with(
                    "/operations/create/json", "{\"name\": \"${name}\", \"key\": \"${key.value}\"}")
                .without("/operations/create/extract"),
            "has no field 'value', by which a chosen key is found again"),
        arguments(
            "two slots without the primary key",
            twoSlots().with("/operations/describe/extract", "{\"token\": \"/auth_token\"}"),
            "must extract 'primary', the value of the primary key"),
        arguments(
            "two slots that are never taken",
            twoSlots().without("/operations/create/taken"),
            "has no field 'taken'"),
        arguments(
            "verify that extracts something else",
            with("/operations/verify/extract", "{\"scopes\": \"/scopes\"}"),
            "must extract the field that 'secret' has as 'id', and nothing else"),
        arguments(
            "a setting that is the definition",
            with("/settings", "{\"definition\": {\"description\": \"d\"}}"),
            "would be PROVIDER_DEFINITION"));
  }

  @Test
  void theSmallOneIsRight() {
    assertThatCode(() -> TestDefinition.small().read()).doesNotThrowAnyException();
    assertThat(SCHEMA.validate(TestDefinition.small().json())).isEmpty();
  }

  @Test
  void whatIsNoJsonIsNotQuoted() {
    RotationException refusal =
        catchThrowableOfType(
            RotationException.class,
            () ->
                ProviderDefinition.parse(
                    "test.json", "{\"name\": hunter2", RotationSettings.from(Map.of())));

    assertThat(refusal)
        .hasMessageContaining("the provider definition test.json is not a JSON object")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aFieldTwiceIsRefused() {
    assertThat(
            catchThrowableOfType(
                RotationException.class,
                () ->
                    ProviderDefinition.parse(
                        "test.json",
                        "{\"name\": \"a\", \"name\": \"b\"}",
                        RotationSettings.from(Map.of()))))
        .hasMessageContaining("names a field twice");
  }

  @Test
  void aSettingMustBeOfItsType() {
    TestDefinition definition =
        with("/settings", "{\"scopes\": {\"description\": \"s\", \"type\": \"json\"}}");

    assertThat(
            catchThrowableOfType(
                RotationException.class,
                () -> definition.read(Map.of("PROVIDER_SCOPES", "[\"read\""))))
        .hasMessageContaining("takes JSON from the environment, and PROVIDER_SCOPES is none");
    assertThat(definition.read(Map.of("PROVIDER_SCOPES", "[\"read\"]")).settings())
        .containsEntry("scopes", java.util.List.of("read"));
  }

  @Test
  void aSettingMustBeAHostWhereItIsOne() {
    TestDefinition definition =
        with("/operations/create/url", "\"https://${setting.domain}/keys\"")
            .with("/settings", "{\"domain\": {\"description\": \"the tenant's\"}}");

    for (String domain :
        java.util.List.of(
            "example.com/x", "a@example.com", "${secret.x}", "a b", "169.254.169.254", "[::", "")) {
      assertThat(
              catchThrowableOfType(
                  RotationException.class,
                  () -> definition.read(Map.of("PROVIDER_DOMAIN", domain))))
          .as(domain)
          .isNotNull();
    }
    assertThat(
            definition.read(Map.of("PROVIDER_DOMAIN", " Example.com ")).operation("create").url())
        .hasToString("https://example.com/keys");
  }

  @Test
  void noneIsNamed() {
    assertThat(
            catchThrowableOfType(
                RotationException.class,
                () -> ProviderDefinition.fromSettings(RotationSettings.from(Map.of()))))
        .hasMessageContaining("PROVIDER_DEFINITION is not set")
        .hasMessageContaining("sendgrid");
  }

  @Test
  void anUnknownOneIsNamed() {
    assertThat(load("sendgird"))
        .hasMessageContaining(
            "there is no provider definition 'sendgird'; it must be one of [auth0,");
  }

  @Test
  void aFileThatIsNotThere(@TempDir Path folder) {
    assertThat(load(folder.resolve("provider.json").toString()))
        .hasMessageContaining("provider.json can't be read (NoSuchFileException)")
        .hasMessageContaining("/opt");
  }

  @Test
  void aFileThatIsTooLarge(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("provider.json");
    Files.writeString(file, " ".repeat(ProviderDefinition.LARGEST_FILE + 1));

    assertThat(load(file.toString())).hasMessageContaining("is larger than 262144 bytes");
  }

  @Test
  void aFileThatIsNotJsonHasAPlace(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("provider.json");
    Files.writeString(file, "{\n  \"name\": \"x\"\n  \"strategy\": \"issue\"\n}\n");
    assertThat(load(file.toString()))
        .hasMessageEndingWith("is not a JSON object (line 3, column 3)");

    Files.writeString(file, "{\n  \"name\": \"x\",\n  \"name\": \"y\"\n}\n");
    assertThat(load(file.toString())).hasMessageContaining("(line 3, column ");
  }

  @Test
  void aFileMayBeginWithAByteOrderMark(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("provider.json");
    Files.writeString(file, "\uFEFF" + TestDefinition.SMALL);

    assertThat(ProviderDefinition.load(file.toString(), RotationSettings.from(Map.of())).name())
        .isEqualTo("Small");
  }

  @Test
  void aFileIsRead(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("provider.json");
    Files.writeString(file, TestDefinition.SMALL);

    assertThat(ProviderDefinition.load(file.toString(), RotationSettings.from(Map.of())).name())
        .isEqualTo("Small");
  }

  private static RotationException load(String name) {
    return catchThrowableOfType(
        RotationException.class,
        () -> ProviderDefinition.load(name, RotationSettings.from(Map.of())));
  }
}
