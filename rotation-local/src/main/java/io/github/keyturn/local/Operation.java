package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One operation of the service: members of the request in, members of the response out. */
@FunctionalInterface
interface Operation {
  ObjectNode run(Arguments in);
}
