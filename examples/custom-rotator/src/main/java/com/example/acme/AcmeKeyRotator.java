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

final class AcmeKeyRotator implements OverlappingRotator {

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    // the key is named by the token, and Acme replaces a key of that name: a crash leaves no orphan
    HttpResponse<String> issued = call("PUT", "/keys/" + rotation.token(), current);
    return current
        .with("keyId", rotation.token())
        .with("apiKey", SecretDocument.parse(Secret.of(issued.body())).secret("key"));
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return call("GET", "/me", candidate).statusCode() == 401 ? Verdict.REJECTED : Verdict.ACCEPTED;
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    call("DELETE", "/keys/" + old.text("keyId"), current);
  }

  private HttpResponse<String> call(String method, String path, SecretDocument login)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(login.text("url") + path))
                .header("Authorization", "Bearer " + login.text("apiKey"))
                .method(method, BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() >= 400 && response.statusCode() != 401) {
      throw new IOException("Acme answered %s with %d".formatted(path, response.statusCode()));
    }
    return response;
  }
}
