package io.github.keyturn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

class RequestSignerTest {

  private static final String TARGET = "secretsmanager.GetSecretValue";
  private static final Caller CALLER =
      new Caller("AKIDEXAMPLE", Secret.of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), null);
  private static final Caller IN_SESSION =
      new Caller("ASIDEXAMPLE", CALLER.secretAccessKey(), Secret.of("session/token=="));

  @ParameterizedTest
  @CsvSource({
    "https://secretsmanager.eu-west-1.amazonaws.com, eu-west-1, 2026-01-02T03:04:05Z",
    "https://secretsmanager.cn-north-1.amazonaws.com.cn, cn-north-1, 2026-12-31T23:59:59.999Z",
    "https://localhost:8443/, us-east-1, 2026-02-28T12:00:00Z",
    "http://127.0.0.1:4599/secrets, us-east-1, 2028-02-29T00:00:00Z",
    "https://vpce-1.secretsmanager.us-east-1.vpce.amazonaws.com:443, us-east-1, 2026-06-07T08:09:10Z"
  })
  void signsAsTheSdkDoes(URI url, String region, Instant time) {
    byte[] body = "{\"SecretId\":\"app/ä€😀\"}".getBytes(UTF_8);
    for (Caller caller : new Caller[] {CALLER, IN_SESSION}) {
      Map<String, String> headers =
          new RequestSigner(url, region).headers(TARGET, body, caller, time);

      SdkHttpRequest signed = bySdk(url, region, body, caller, time);
      assertThat(headers.get("authorization"))
          .isEqualTo(signed.firstMatchingHeader("Authorization").orElseThrow());
      assertThat(headers.get("host")).isEqualTo(signed.firstMatchingHeader("Host").orElseThrow());
      assertThat(headers.get("x-amz-date"))
          .isEqualTo(signed.firstMatchingHeader("X-Amz-Date").orElseThrow());
      assertThat(headers.get("x-amz-security-token"))
          .isEqualTo(signed.firstMatchingHeader("X-Amz-Security-Token").orElse(null));
    }
  }

  private static SdkHttpRequest bySdk(
      URI url, String region, byte[] body, Caller caller, Instant time) {
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(url)
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("X-Amz-Target", TARGET)
            .build();
    return AwsV4HttpSigner.create()
        .sign(
            r ->
                r.identity(identity(caller))
                    .request(request)
                    .payload(ContentStreamProvider.fromInputStream(new ByteArrayInputStream(body)))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "secretsmanager")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(time, ZoneOffset.UTC)))
        .request();
  }

  private static AwsCredentialsIdentity identity(Caller caller) {
    @Nullable Secret token = caller.sessionToken();
    return token == null
        ? AwsCredentialsIdentity.create(caller.accessKeyId(), caller.secretAccessKey().reveal())
        : AwsSessionCredentialsIdentity.create(
            caller.accessKeyId(), caller.secretAccessKey().reveal(), token.reveal());
  }

  @Test
  void authenticatesAsTheJvmDoes() throws Exception {
    Random random = new Random(42);
    for (int length = 1; length < 200; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      String text = "ä".repeat(random.nextInt(300));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));

      assertThat(RequestSigner.mac(key, text)).isEqualTo(mac.doFinal(text.getBytes(UTF_8)));
    }
  }
}
