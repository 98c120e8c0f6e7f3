/**
 * The contract that every rotator passes, as a JUnit test to extend: {@link
 * io.github.keyturn.testkit.RotatorContract}. {@code docs/contract.md} has its rules.
 */
@NullMarked
package io.github.keyturn.testkit;

import org.jspecify.annotations.NullMarked;
