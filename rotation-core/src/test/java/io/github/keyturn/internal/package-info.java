@NullMarked
package io.github.keyturn.internal;

import org.jspecify.annotations.NullMarked;
