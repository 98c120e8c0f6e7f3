/**
 * Lambda on this machine: a function runs from its zip, in a process of its own, under the runtime
 * interface client of the managed runtime. {@link io.github.keyturn.local.lambda.ChildJvmFunction}
 * is the way in.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
 *     API</a>
 */
@NullMarked
package io.github.keyturn.local.lambda;

import org.jspecify.annotations.NullMarked;
