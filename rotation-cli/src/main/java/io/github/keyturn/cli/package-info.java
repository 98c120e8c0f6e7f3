/** The {@code keyturn} command: each subcommand is a class. */
@NullMarked
package io.github.keyturn.cli;

import org.jspecify.annotations.NullMarked;
