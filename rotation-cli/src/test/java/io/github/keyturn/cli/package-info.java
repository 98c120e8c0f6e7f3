/** Tests of the command line: in this process, in a process of its own, and through the script. */
@NullMarked
package io.github.keyturn.cli;

import org.jspecify.annotations.NullMarked;
