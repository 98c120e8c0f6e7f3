/**
 * Providers of API keys on this machine: one server with a profile for each provider, which answers
 * as the provider's public documentation says.
 */
@NullMarked
package io.github.keyturn.testkit.provider;

import org.jspecify.annotations.NullMarked;
