package io.github.keyturn.mysql;

/** For tests that both engines pass. */
enum EngineUnderTest {
  MYSQL,
  MARIADB
}
