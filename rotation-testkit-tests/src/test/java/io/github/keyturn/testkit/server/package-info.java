/** Tests of the servers, against the servers themselves. */
@NullMarked
package io.github.keyturn.testkit.server;

import org.jspecify.annotations.NullMarked;
