/**
 * Rotates users of MySQL and MariaDB: with two valid passwords, with one, or two users that take
 * turns. The template's {@code Handler} chooses; the server says which of the two engines it is.
 */
@NullMarked
package io.github.keyturn.mysql;

import org.jspecify.annotations.NullMarked;
