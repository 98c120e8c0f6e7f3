package io.github.keyturn.mysql;

import io.github.keyturn.RotationSettings;

/**
 * The environment variables that only this engine has.
 *
 * @param allHosts {@link #ALL_HOSTS}: all accounts of the user's name are one, whatever their host
 * @param allowPublicKeyRetrieval {@link #ALLOW_PUBLIC_KEY_RETRIEVAL}: without TLS, the server's key
 *     is taken from whoever answers
 */
record MysqlSettings(boolean allHosts, boolean allowPublicKeyRetrieval) {

  static final String ALL_HOSTS = "MYSQL_ALL_HOSTS";
  static final String ALLOW_PUBLIC_KEY_RETRIEVAL = "MYSQL_ALLOW_PUBLIC_KEY_RETRIEVAL";

  static MysqlSettings of(RotationSettings settings) {
    return new MysqlSettings(
        settings.flag(ALL_HOSTS, false), settings.flag(ALLOW_PUBLIC_KEY_RETRIEVAL, false));
  }
}
