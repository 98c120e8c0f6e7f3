package io.github.keyturn.cli;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** Makes a handler from the name of its class, as Lambda does. */
final class Handlers {

  private Handlers() {}

  static RotationHandler create(String className) {
    try {
      return Class.forName(className)
          .asSubclass(RotationHandler.class)
          .getConstructor()
          .newInstance();
    } catch (ClassNotFoundException e) {
      throw CommandException.usage(
          "There is no class %s on the class path; set KEYTURN_CLASSPATH to the jars of your rotator."
              .formatted(className));
    } catch (LinkageError e) {
      throw CommandException.usage(
          "%s can't be loaded (%s); is KEYTURN_CLASSPATH complete?".formatted(className, e));
    } catch (ClassCastException e) {
      throw CommandException.usage(
          "%s is no handler; it must extend %s."
              .formatted(className, RotationHandler.class.getName()));
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw CommandException.usage(
          "%s must be a public class with a public constructor without arguments."
              .formatted(className));
    } catch (InvocationTargetException e) {
      throw refused(className, e.getCause());
    }
  }

  /** A wrong setting is found before anything was rotated, like a wrong option. */
  private static CommandException refused(String className, @Nullable Throwable cause) {
    return CommandException.usage(
        cause instanceof RotationException settings
            ? settings.getMessage()
            : "The constructor of %s failed: %s".formatted(className, cause));
  }
}
