package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Error 1064 repeats the statement, and AWS's templates let it pass into the function's log. */
class UnsafeErrorsTest {

  @Test
  @DisplayName("an error that repeats IDENTIFIED BY '…' is told by its number")
  void doesNotRepeatTheStatement() {
    SQLException unsafe =
        new SQLException("near 'IDENTIFIED BY 'a needle' RETAIN' at line 1", "42000", 1064);
    unsafe.setNextException(new SQLException("a needle"));
    unsafe.addSuppressed(new SQLException("a needle"));
    MysqlSecret secret =
        MysqlSecret.read(
            SecretDocument.parse(
                Secret.of(
                    """
                    {"engine": "mysql", "host": "localhost", "username": "app", "password": "x"}""")));

    RotationException failure = MysqlErrors.explain(unsafe, secret);

    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).contains("error 1064").doesNotContain("a needle");
  }
}
