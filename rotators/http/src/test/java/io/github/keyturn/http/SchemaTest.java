package io.github.keyturn.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema for editors says what the parser does, and the documentation has every field. */
class SchemaTest {

  private static final String FILE = "provider.schema.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonSchema schema() {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(TestDefinition.resource(FILE));
  }

  @ParameterizedTest
  @EnumSource
  void describesEveryFieldThatTheParserKnows(Fields object) throws Exception {
    JsonNode properties = object(object).path("properties");
    List<String> names = new ArrayList<>();
    properties.fieldNames().forEachRemaining(names::add);

    assertThat(names).containsExactlyInAnyOrderElementsOf(object.names());
    for (String name : names) {
      assertThat(properties.path(name).path("description").asText()).as(name).isNotBlank();
    }
    assertThat(object(object).path("additionalProperties").isBoolean()).isTrue();
  }

  private static JsonNode object(Fields object) throws JsonProcessingException {
    JsonNode schema = JSON.readTree(TestDefinition.resource(FILE));
    return object == Fields.DEFINITION
        ? schema
        : schema.path("$defs").path(object.name().toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @EnumSource
  void everyFieldIsInTheDocumentation(Fields object) throws IOException {
    String docs = Files.readString(Path.of("../../docs/http-providers.md"));

    for (String name : object.names()) {
      assertThat(docs).as("%s of %s", name, object).contains("`" + name + "`");
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptsWhatShips(Shipped shipped) throws Exception {
    String name = "providers/" + shipped.definitionName() + ".json";

    assertThat(schema().validate(JSON.readTree(TestDefinition.resource(name)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"grafana.json", "new-relic.json"})
  void acceptsWhatTestsUse(String name) throws Exception {
    assertThat(schema().validate(JSON.readTree(TestDefinition.resource(name)))).isEmpty();
  }

  @Test
  void isOfTheDraftThatItNames() throws Exception {
    assertThat(JSON.readTree(TestDefinition.resource(FILE)).path("$schema").asText())
        .isEqualTo("https://json-schema.org/draft/2020-12/schema");
  }
}
