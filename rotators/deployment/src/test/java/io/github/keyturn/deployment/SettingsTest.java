package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretStore;
import io.github.keyturn.http.ProviderDefinition;
import io.github.keyturn.local.LocalSecretsManager;
import java.lang.reflect.InvocationTargetException;
import java.util.AbstractMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The template sets what the handlers read, and nothing that they don't. */
class SettingsTest {

  static Stream<DeployedFunction> rotators() {
    return Template.get().rotators();
  }

  @ParameterizedTest
  @MethodSource("rotators")
  void setsNothingThatTheHandlerDoesNotRead(DeployedFunction function) throws Exception {
    assertThat(readBy(function)).containsAll(function.variables().keySet());
  }

  @Test
  void setsEveryVariableThatAHandlerReadsSomewhere() throws Exception {
    Set<String> read = new TreeSet<>();
    Set<String> set = new TreeSet<>();
    for (DeployedFunction function : rotators().toList()) {
      read.addAll(readBy(function));
      set.addAll(function.variables().keySet());
    }
    assertThat(set).isEqualTo(read);
  }

  @ParameterizedTest
  @MethodSource("rotators")
  void setsEveryVariableThatIsTheEnginesOwn(DeployedFunction function) throws Exception {
    Set<String> own = readBy(function);
    own.removeAll(readByCore());

    assertThat(function.variables().keySet()).containsAll(own);
  }

  @ParameterizedTest
  @MethodSource("rotators")
  void setsEveryVariableThatAllHandlersRead(DeployedFunction function) {
    Set<String> common = readByCore();
    common.removeAll(Set.of("RETIRE_OLD", "SUPERUSER_SECRET_ARN"));

    assertThat(function.variables().keySet()).containsAll(common);
  }

  @ParameterizedTest
  @MethodSource("rotators")
  void setsEachVariableToTheParameterOfItsName(DeployedFunction function) {
    function
        .variables()
        .forEach(
            (name, value) ->
                assertThat(value).as(name).isEqualTo(Template.ref(parameter(function, name))));
  }

  private static String parameter(DeployedFunction function, String variable) {
    if (variable.equals("SUPERUSER_SECRET_ARN")) {
      return RightsTest.engine(function) + "SuperuserSecretArn";
    }
    return Stream.of(variable.split("_"))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }

  /** Each of them lets something happen that is safer left undone. */
  @ParameterizedTest
  @MethodSource("rotators")
  void switchesNothingOnByItself(DeployedFunction function) {
    assertThat(Variables.ofTemplate(function).entrySet())
        .filteredOn(variable -> variable.getValue().equals("true"))
        .extracting(Map.Entry::getKey)
        .containsExactly("REQUIRE_EACH_INCLUDED_TYPE");
  }

  /** What the handler asks its environment for, with any definition of a provider. */
  private static Set<String> readBy(DeployedFunction function) throws Exception {
    Recording environment = new Recording();
    for (String definition : ProviderDefinition.SHIPPED) {
      environment.definition = definition;
      construct(function, environment);
    }
    return environment.asked;
  }

  private static void construct(DeployedFunction function, Recording environment) throws Exception {
    try (LocalSecretsManager secrets = LocalSecretsManager.inMemory()) {
      Class.forName(function.handler())
          .asSubclass(RotationHandler.class)
          .getConstructor(RotationSettings.class, SecretStore.class)
          .newInstance(RotationSettings.from(environment), secrets.store());
    } catch (InvocationTargetException e) {
      // some settings of providers can't be left out
      assertThat(e).hasCauseInstanceOf(RotationException.class);
    }
  }

  private static Set<String> readByCore() {
    Recording environment = new Recording();
    RotationSettings.from(environment);
    return environment.asked;
  }

  /** An environment with a definition at most, that remembers what it was asked for. */
  private static final class Recording extends AbstractMap<String, String> {

    private final Set<String> asked = new HashSet<>();
    private String definition = "";

    @Override
    public String get(Object name) {
      asked.add((String) name);
      return name.equals("PROVIDER_DEFINITION") ? definition : null;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
      return Set.of();
    }
  }
}
