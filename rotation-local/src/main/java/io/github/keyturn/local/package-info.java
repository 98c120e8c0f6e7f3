/**
 * Secrets Manager on this machine: one model of the service with two doors. {@link
 * io.github.keyturn.local.LocalSecretsManager#store()} leads in from the same process, {@link
 * io.github.keyturn.local.LocalEndpoint} over HTTP, in AWS's JSON protocol. Both meet the same
 * labels, errors and {@link io.github.keyturn.local.Faults}.
 *
 * <p>It is for development and tests: values are not encrypted, and signatures are not verified.
 */
@NullMarked
package io.github.keyturn.local;

import org.jspecify.annotations.NullMarked;
