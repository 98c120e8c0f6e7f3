/**
 * What the rotators of SQL databases share: the secret's shape, user pairs, the superuser's login.
 */
@NullMarked
package io.github.keyturn.jdbc;

import org.jspecify.annotations.NullMarked;
