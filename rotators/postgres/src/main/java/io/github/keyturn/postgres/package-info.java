/**
 * Rotates PostgreSQL users: one user, or two that take turns. The template's {@code Handler}
 * chooses.
 */
@NullMarked
package io.github.keyturn.postgres;

import org.jspecify.annotations.NullMarked;
