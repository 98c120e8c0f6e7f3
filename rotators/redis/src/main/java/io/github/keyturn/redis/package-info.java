/** Rotates users of Redis and Valkey: two passwords, on every node, without one in the clear. */
@NullMarked
package io.github.keyturn.redis;

import org.jspecify.annotations.NullMarked;
