package com.example.acme;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

final class AcmeKeyRotator implements OverlappingRotator {

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    // the key is named by the token, and Acme replaces a key of that name: a crash leaves no orphan
    String issued = call("PUT", "/keys/" + rotation.token(), current, 201).body();
    return current
        .with("keyId", rotation.token())
        .with("apiKey", SecretDocument.parse(Secret.of(issued)).secret("key"));
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    int status = call("GET", "/me", candidate, 200, 401).statusCode();
    return status == 200 ? Verdict.ACCEPTED : Verdict.REJECTED;
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    call("DELETE", "/keys/" + old.text("keyId"), current, 200, 404);
  }

  private HttpResponse<String> call(
      String method, String path, SecretDocument login, Integer... expected) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(login.text("url") + path))
            .header("Authorization", "Bearer " + login.text("apiKey"))
            .method(method, BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    if (!List.of(expected).contains(response.statusCode())) {
      throw new IOException("Acme answered %s with %d".formatted(path, response.statusCode()));
    }
    return response;
  }
}
