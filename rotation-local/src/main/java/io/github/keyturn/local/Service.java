package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operations by name: what both doors lead to. */
final class Service {

  private final Secrets secrets;
  private final Faults faults;
  private final Map<String, Operation> operations = new HashMap<>();

  Service(Secrets secrets, Faults faults, List<Map<String, Operation>> operations) {
    this.secrets = secrets;
    this.faults = faults;
    operations.forEach(this.operations::putAll);
  }

  /**
   * Calls an operation.
   *
   * @param deadline how long the caller waits when the service falls silent
   * @throws ServiceException when the service refuses
   */
  ObjectNode call(String name, ObjectNode request, Instant deadline) {
    Operation operation = operations.get(name);
    if (operation == null) {
      throw new ServiceException(
          "UnknownOperationException", "Secrets Manager has no operation of this name.");
    }
    faults.admit(name, deadline);
    return secrets.locked(() -> operation.run(new Arguments(request)));
  }
}
