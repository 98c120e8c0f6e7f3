/** What our own modules share and nobody else should build on: it may change in any release. */
@NullMarked
package io.github.keyturn.internal;

import org.jspecify.annotations.NullMarked;
