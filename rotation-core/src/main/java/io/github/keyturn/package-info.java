/**
 * The framework: the four steps of a rotation, and the few types that a rotator's author meets.
 *
 * <p>Write a {@link io.github.keyturn.Rotator} and a {@link io.github.keyturn.RotationHandler}
 * subclass that names it; everything else (labels, order, retries, recovery, redaction) happens
 * here. This package knows no engine.
 */
@NullMarked
package io.github.keyturn;

import org.jspecify.annotations.NullMarked;
