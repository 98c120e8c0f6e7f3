/** How long a rotation function takes from the start of its process, and what it costs. */
@NullMarked
package io.github.keyturn.benchmarks;

import org.jspecify.annotations.NullMarked;
