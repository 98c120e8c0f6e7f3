package io.github.keyturn.http;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The objects of a definition and the fields that each may have; the schema has the same. */
enum Fields {
  DEFINITION(
      "$schema",
      "name",
      "comment",
      "documentation",
      "strategy",
      "secret",
      "settings",
      "logins",
      "operations",
      "naming",
      "maxKeys",
      "expiryDays",
      "graceHours",
      "propagationSeconds",
      "timeoutSeconds",
      "retry",
      "errorCode"),
  SECRET("value", "id"),
  SETTING("description", "default", "type"),
  LOGIN("header", "basic", "query", "oauth2"),
  BASIC("username", "password"),
  OAUTH2("tokenUrl", "clientId", "clientSecret", "authentication", "parameters"),
  OPERATIONS("verify", "describe", "list", "create", "promote", "deactivate", "revoke"),
  OPERATION(
      "method",
      "url",
      "login",
      "headers",
      "query",
      "json",
      "form",
      "graphql",
      "expect",
      "rejected",
      "taken",
      "extract",
      "items",
      "where",
      "item",
      "pagination",
      "timeoutSeconds",
      "retry"),
  GRAPHQL("query", "variables"),
  EXPECTATION("status", "json"),
  CONDITION("pointer", "equals", "absent"),
  ITEM("id", "name", "value"),
  PAGINATION("cursor", "while", "parameter", "link", "page", "first", "size"),
  NAMING("template", "maxLength"),
  RETRY("statuses", "attempts");

  private final String names;

  Fields(String... names) {
    this.names = String.join(" ", names);
  }

  Set<String> names() {
    return new TreeSet<>(List.of(names.split(" ")));
  }
}
