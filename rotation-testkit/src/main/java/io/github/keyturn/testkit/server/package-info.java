/**
 * Real target servers for tests and demonstrations, started without Docker.
 *
 * <p>A {@link io.github.keyturn.testkit.server.PostgresServer}, {@link
 * io.github.keyturn.testkit.server.MysqlServer} or {@link
 * io.github.keyturn.testkit.server.MariaDbServer} checks passwords and speaks TLS as a production
 * server does; {@link io.github.keyturn.testkit.server.TestServers} shares one of each among all
 * the tests of a JVM. With {@code KEYTURN_TESTCONTAINERS=true} the same servers are containers.
 */
@NullMarked
package io.github.keyturn.testkit.server;

import org.jspecify.annotations.NullMarked;
