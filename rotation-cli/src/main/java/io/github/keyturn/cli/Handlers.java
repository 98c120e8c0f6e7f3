package io.github.keyturn.cli;

import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import java.lang.reflect.InvocationTargetException;

/** Makes a handler from the name of its class, as Lambda does. */
final class Handlers {

  private Handlers() {}

  static RotationHandler create(String className) throws ReflectiveOperationException {
    try {
      return Class.forName(className)
          .asSubclass(RotationHandler.class)
          .getConstructor()
          .newInstance();
    } catch (ClassNotFoundException e) {
      throw new Failures.UsageException(
          "There is no class %s on the class path; set KEYTURN_CLASSPATH to the jars of your rotator."
              .formatted(className));
    } catch (ClassCastException e) {
      throw new Failures.UsageException(
          "%s is no handler; it must extend %s."
              .formatted(className, RotationHandler.class.getName()));
    } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
      throw new Failures.UsageException(
          "%s must be a public class with a public constructor without arguments."
              .formatted(className));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RotationException settings) {
        throw settings;
      }
      throw e;
    }
  }
}
