package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.regions.Region;

class AwsClientTest {

  @ParameterizedTest
  @CsvSource({
    "eu-west-1, false, false, https://secretsmanager.eu-west-1.amazonaws.com",
    "us-east-1, true, false, https://secretsmanager-fips.us-east-1.amazonaws.com",
    "eu-west-1, false, true, https://secretsmanager.eu-west-1.api.aws",
    "cn-north-1, false, false, https://secretsmanager.cn-north-1.amazonaws.com.cn"
  })
  void findsTheRegionsEndpoint(String region, String fips, String dualStack, String endpoint) {
    Map<String, String> environment =
        Map.of("AWS_USE_FIPS_ENDPOINT", fips, "AWS_USE_DUALSTACK_ENDPOINT", dualStack);

    assertThat(AwsClient.regionalEndpoint(Region.of(region), environment)).hasToString(endpoint);
  }
}
