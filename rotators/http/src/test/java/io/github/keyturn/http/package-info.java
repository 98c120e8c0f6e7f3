@NullMarked
package io.github.keyturn.http;

import org.jspecify.annotations.NullMarked;
