/**
 * Lays a function out for a container image and makes an AOT cache for it: what its JVM otherwise
 * loads, checks and links anew at each cold start.
 */
@NullMarked
package io.github.keyturn.image;

import org.jspecify.annotations.NullMarked;
