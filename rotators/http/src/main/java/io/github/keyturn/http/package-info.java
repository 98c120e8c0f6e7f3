/**
 * API keys over HTTP: one handler for every provider, which a definition in JSON describes. See
 * {@code docs/http-providers.md}.
 */
@NullMarked
package io.github.keyturn.http;

import org.jspecify.annotations.NullMarked;
