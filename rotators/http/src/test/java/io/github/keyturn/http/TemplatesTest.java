package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.internal.Json;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values stay values, wherever they stand in a request. */
class TemplatesTest {

  private static final String NASTY = "a\"b\\c/d?e=f&g#h%i\u00e9 ${secret.apiKey} \u2028}";

  @Test
  void aJsonBodyIsEscaped() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .with(
                "/operations/create/json", "{\"name\": \"${name}\", \"of\": [\"x-${secret.f}\"]}");

    String body = body(request(definition, "create", document("f", NASTY)));

    assertThat(Json.parseObject(body)).containsEntry("of", List.of("x-" + NASTY));
  }

  @Test
  void aFormIsEscaped() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .without("/operations/create/json")
            .with("/operations/create/form", "{\"name\": \"${name}\", \"a&b\": \"${secret.f}\"}");

    assertThat(body(request(definition, "create", document("f", "1&admin=true"))))
        .isEqualTo("name=the+name&a%26b=1%26admin%3Dtrue");
  }

  @Test
  void aQueryIsEscaped() {
    TestDefinition definition =
        TestDefinition.small().with("/operations/list/query", "{\"q\": \"${secret.f}\"}");

    assertThat(request(definition, "list", document("f", "1&limit=0#")).uri())
        .hasToString("https://api.example.com/v3/api_keys?q=1%26limit%3D0%23");
  }

  @Test
  void aPathIsEscaped() {
    TestDefinition definition =
        TestDefinition.small()
            .with("/operations/list/url", "\"https://api.example.com/v3/${secret.f}/keys\"");

    assertThat(request(definition, "list", document("f", "../../admin?x=1#y")).uri())
        .hasToString("https://api.example.com/v3/..%2F..%2Fadmin%3Fx%3D1%23y/keys");
    assertThat(request(definition, "list", document("f", "a b;c@d")).uri())
        .hasToString("https://api.example.com/v3/a%20b%3Bc%40d/keys");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void aPathLeadsNowhereElse(String value) {
    TestDefinition definition =
        TestDefinition.small()
            .with("/operations/list/url", "\"https://api.example.com/v3/${secret.f}/keys\"");

    assertThat(
            catchThrowableOfType(
                RotationException.class, () -> request(definition, "list", document("f", value))))
        .hasMessageContaining("part of a URL's path is empty, '.' or '..'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\r\nX-Admin: true", "x\ny", "x\0", "\u00e9"})
  @DisplayName("A value can't begin another header")
  void aHeaderIsOne(String value) {
    RotationException refusal =
        catchThrowableOfType(
            RotationException.class,
            () -> request(TestDefinition.small(), "verify", document("apiKey", value)));

    assertThat(refusal.reason()).isEqualTo(MISCONFIGURED);
    assertThat(refusal)
        .hasMessageContaining("that a header can't carry")
        .hasMessageNotContaining("Admin");
  }

  @Test
  void basicAuthenticationTakesAnyCharacter() {
    TestDefinition definition =
        TestDefinition.small()
            .with(
                "/logins/key",
                "{\"basic\": {\"username\": \"u\", \"password\": \"${secret.apiKey}\"}}");

    assertThat(
            request(definition, "verify", document("apiKey", "p:\u00e9\r\n"))
                .headers()
                .firstValue("Authorization"))
        .contains("Basic dTpww6kNCg==".replace("dTpww6kNCg==", base64("u:p:\u00e9\r\n")));
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void valuesAreNotTemplates() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .with("/operations/create/json", "{\"name\": \"${name}\", \"of\": \"${secret.f}\"}");

    assertThat(body(request(definition, "create", document("f", "${name}"))))
        .contains("\"of\":\"${name}\"");
  }

  @Test
  void aLonePlaceholderKeepsItsType() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .with(
                "/settings",
                "{\"scopes\": {\"description\": \"s\", \"type\": \"json\", \"default\": [\"a\", 1, true]}}")
            .with(
                "/operations/create/json",
                "{\"name\": \"${name}\", \"scopes\": \"${setting.scopes}\", \"text\": \"x ${setting.scopes}\"}");

    assertThat(body(request(definition, "create", document("f", "x"))))
        .contains("\"scopes\":[\"a\",1,true]")
        .contains("\"text\":\"x [\\\"a\\\",1,true]\"");
  }

  @Test
  void whatIsOptionalIsLeftOut() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .with(
                "/operations/create/json",
                "{\"name\": \"${name}\", \"resource\": {\"id\": \"${secret.resource?}\"}, \"tags\": [\"x${secret.tag?}\", null], \"none\": null}")
            .with("/operations/create/query", "{\"env\": \"${secret.env?}\"}")
            .with("/operations/create/headers", "{\"X-Env\": \"${secret.env?}\"}");

    HttpRequest without = request(definition, "create", document("f", "x"));
    assertThat(body(without))
        .isEqualTo("{\"name\":\"the name\",\"resource\":{},\"tags\":[null],\"none\":null}");
    assertThat(without.uri()).hasToString("https://api.example.com/v3/api_keys");
    assertThat(without.headers().firstValue("X-Env")).isEmpty();
    assertThat(request(definition, "create", document("env", "e")).uri())
        .hasToString("https://api.example.com/v3/api_keys?env=e");
  }

  @Test
  void whatIsNotOptionalIsAskedFor() {
    assertThat(
            catchThrowableOfType(
                RotationException.class,
                () -> request(TestDefinition.small(), "verify", document("other", "hidden"))))
        .hasMessageContaining("the secret has no value for 'apiKey' (its fields are [other])")
        .hasMessageNotContaining("hidden");
    assertThat(
            catchThrowableOfType(
                RotationException.class,
                () -> request(TestDefinition.small(), "list", document("apiKey", "k"))))
        .hasMessageContaining("the superuser secret has no value for 'apiKey'");
  }

  @Test
  void aHeaderOfTheDefinitionReplacesTheStandard() {
    TestDefinition definition =
        TestDefinition.small()
            .with(
                "/operations/create/headers",
                "{\"content-type\": \"application/vnd.x+json\", \"ACCEPT\": \"*/*\"}");

    HttpRequest request = request(definition, "create", document("f", "x"));

    assertThat(request.headers().allValues("Content-Type"))
        .containsExactly("application/vnd.x+json");
    assertThat(request.headers().allValues("Accept")).containsExactly("*/*");
  }

  @Test
  void graphqlValuesAreVariables() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .without("/operations/create/json")
            .with(
                "/operations/create/graphql",
                "{\"query\": \"mutation($n: String!) { create(name: $n) { key } }\", \"variables\": {\"n\": \"${secret.f}\", \"name\": \"${name}\"}}");

    Map<?, ?> body =
        Json.parseObject(body(request(definition, "create", document("f", "\") { delete }"))));

    assertThat(body.get("query")).isEqualTo("mutation($n: String!) { create(name: $n) { key } }");
    assertThat(body.get("variables")).isEqualTo(Map.of("n", "\") { delete }", "name", "the name"));
  }

  @Test
  void anExpiryIsInTheUnitThatIsAskedFor() throws Exception {
    TestDefinition definition =
        TestDefinition.small()
            .with(
                "/operations/create/json",
                "{\"name\": \"${name}\", \"d\": \"${expiry.date}\", \"t\": \"${expiry.time}\", \"h\": \"${expiry.hours}\", \"s\": \"${expiry.seconds}\"}")
            .with("/expiryDays", "7");

    String body = body(request(definition, "create", document("f", "x")));

    assertThat(body)
        .containsPattern("\"d\":\"\\d{4}-\\d\\d-\\d\\d\"")
        .containsPattern("\"t\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"")
        .contains("\"h\":168")
        .contains("\"s\":604800");
    assertThat(definition.read(Map.of("KEY_EXPIRY_DAYS", "30")).expiryDays()).isEqualTo(30);
  }

  @ParameterizedTest
  @CsvSource({
    "'', yes",
    "/a, yes",
    "/a~1b/0, yes",
    "/~0, yes",
    "a, no",
    "/a~2, no",
    "/a~, no",
    "#/a, no"
  })
  void pointersAreRead(String text, String valid) {
    assertThat(JsonPointer.parse(text).isPresent()).isEqualTo(valid.equals("yes"));
  }

  @Test
  void pointersFindTheirPlace() throws Exception {
    Object json = Json.parse("{\"a/b\": [{\"~\": 1}, null], \"\": {\"x\": \"y\"}}");

    assertThat(find("/a~1b/0/~0", json)).hasToString("1");
    assertThat(find("//x", json)).isEqualTo("y");
    assertThat(find("", json)).isSameAs(json);
    for (String nothing :
        List.of("/a~1b/1", "/a~1b/2", "/a~1b/01", "/a~1b/-", "/a~1b/99999999999", "/x/y")) {
      assertThat(find(nothing, json)).as(nothing).isNull();
    }
  }

  private static @Nullable Object find(String pointer, @Nullable Object json) {
    return JsonPointer.parse(pointer).orElseThrow().find(json);
  }

  // Helpers

  private static SecretDocument document(String field, String value) {
    return SecretDocument.parse(Secret.of("{}")).with(field, value);
  }

  private static HttpRequest request(
      TestDefinition definition, String operation, SecretDocument secret) {
    ProviderDefinition read = definition.read();
    SecretDocument admin =
        operation.equals("list") && secret.names().contains("apiKey")
            ? document("x", "y")
            : document("apiKey", "of-the-superuser");
    Values values =
        Values.of(new Party(secret, java.util.Optional.of(admin)), read).withName("the name");
    return Requests.of(read.operation(operation), values, Map.of()).build();
  }

  private static String body(HttpRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    request
        .bodyPublisher()
        .orElseThrow()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(ByteBuffer part) {
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                bytes.writeBytes(copy);
              }

              @Override
              public void onError(Throwable failure) {
                throw new IllegalStateException(failure);
              }

              @Override
              public void onComplete() {}
            });
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
