/**
 * Notices rotations that do not happen. Secrets Manager has no metric for them, and a rotation that
 * nobody starts leaves no event either.
 */
@NullMarked
package io.github.keyturn.watch;

import org.jspecify.annotations.NullMarked;
