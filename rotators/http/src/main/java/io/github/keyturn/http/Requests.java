package io.github.keyturn.http;

import io.github.keyturn.internal.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes an HTTP request of a template and its values. */
final class Requests {

  private Requests() {}

  /**
   * The request of an operation, without its login's token if it has one.
   *
   * @param page parameters that lead to another page of a list; they replace those of the same name
   */
  static HttpRequest.Builder of(Operation operation, Values values, Map<String, String> page) {
    Map<String, String> query = fill(operation.query(), values, Escape.NONE);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    operation.body().ifPresent(body -> headers.put("Content-Type", body.contentType()));
    putAll(headers, fill(operation.headers(), values, Escape.HEADER));
    operation.login().ifPresent(login -> addLogin(login, values, headers, query));
    query.putAll(page);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(operation.url(), values, query))
            .method(operation.method(), publisher(operation, values));
    headers.forEach(request::setHeader);
    return request;
  }

  private static HttpRequest.BodyPublisher publisher(Operation operation, Values values) {
    return operation
        .body()
        .map(body -> BodyPublishers.ofString(write(body, values)))
        .orElseGet(BodyPublishers::noBody);
  }

  private static String write(Body body, Values values) {
    if (body instanceof Body.Form form) {
      return encode(fill(form.fields(), values, Escape.NONE));
    }
    return Json.write(((Body.JsonBody) body).json().fill(values));
  }

  private static void addLogin(
      Login login, Values values, Map<String, String> headers, Map<String, String> query) {
    if (login instanceof Login.Header header) {
      putAll(headers, fill(header.headers(), values, Escape.HEADER));
    } else if (login instanceof Login.Query parameters) {
      query.putAll(fill(parameters.parameters(), values, Escape.NONE));
    } else if (login instanceof Login.Basic basic) {
      putAll(
          headers,
          Map.of(
              "Authorization",
              basic(fill(basic.username(), values), fill(basic.password(), values))));
    }
  }

  /** The request for a token of OAuth2's client credentials grant. */
  static HttpRequest.Builder forToken(Login.ClientCredentials login, Values values) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.putAll(fill(login.parameters(), values, Escape.NONE));
    String clientId = fill(login.clientId(), values);
    String clientSecret = fill(login.clientSecret(), values);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(login.tokenUrl(), values, Map.of()))
            .setHeader("Accept", "application/json")
            .setHeader("Content-Type", "application/x-www-form-urlencoded");
    switch (login.authentication()) {
      case BASIC ->
          // RFC 6749, 2.3.1: both are written as in a form first
          request.setHeader(
              "Authorization", basic(Escape.FORM.apply(clientId), Escape.FORM.apply(clientSecret)));
      case BODY -> {
        form.put("client_id", clientId);
        form.put("client_secret", clientSecret);
      }
    }
    return request.POST(BodyPublishers.ofString(encode(form)));
  }

  private static String basic(String username, String password) {
    String both = username + ":" + password;
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  private static URI uri(UrlTemplate url, Values values, Map<String, String> query) {
    String path = String.valueOf(url.path().fill(values, Escape.PATH));
    return URI.create(url.origin() + path + (query.isEmpty() ? "" : "?" + encode(query)));
  }

  private static String encode(Map<String, String> parameters) {
    List<String> pairs = new ArrayList<>();
    parameters.forEach(
        (name, value) -> pairs.add(Escape.FORM.apply(name) + "=" + Escape.FORM.apply(value)));
    return String.join("&", pairs);
  }

  private static String fill(Template template, Values values) {
    String text = template.fill(values, Escape.NONE);
    return text == null ? "" : text;
  }

  private static Map<String, String> fill(
      Map<String, Template> templates, Values values, Escape escape) {
    Map<String, String> filled = new LinkedHashMap<>();
    templates.forEach(
        (name, template) -> {
          String text = template.fill(values, escape);
          if (text != null) {
            filled.put(name, text);
          }
        });
    return filled;
  }

  /** A header's name is the same in any letter case. */
  private static void putAll(Map<String, String> headers, Map<String, String> more) {
    more.forEach(
        (name, value) -> {
          headers
              .keySet()
              .removeIf(
                  known -> known.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)));
          headers.put(name, value);
        });
  }
}
