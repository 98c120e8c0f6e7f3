package io.github.keyturn;

import org.jspecify.annotations.Nullable;

/**
 * What a server said.
 *
 * @param date its {@code Date} header
 */
record HttpAnswer(int status, @Nullable String date, String body) {}
