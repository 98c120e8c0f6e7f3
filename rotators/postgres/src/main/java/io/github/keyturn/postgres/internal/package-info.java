/** What the driver makes by its name; not for others. */
@NullMarked
package io.github.keyturn.postgres.internal;

import org.jspecify.annotations.NullMarked;
