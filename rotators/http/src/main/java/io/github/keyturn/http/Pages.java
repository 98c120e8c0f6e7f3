package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.FAILED;

import io.github.keyturn.RotationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way from one page of a list to the next: parameters that are added to the request. */
final class Pages {

  private static final Pattern NEXT_LINK =
      Pattern.compile("<([^<>]*)>\\s*;[^<]*\\brel=\"?next\"?", Pattern.CASE_INSENSITIVE);

  private final Operation list;
  private int count;
  private Optional<Map<String, String>> next = Optional.empty();

  Pages(Operation list) {
    this.list = list;
  }

  Optional<Map<String, String>> first() {
    count = 1;
    return Optional.of(
        list.pagination().orElse(null) instanceof Pagination.Page pages
            ? Map.of(pages.parameter(), String.valueOf(pages.first()))
            : Map.of());
  }

  /** How many pages were asked for, the next one included. */
  int count() {
    return count;
  }

  Optional<Map<String, String>> next() {
    count++;
    return next;
  }

  /** Looks for the next page. */
  void read(Answer answer, int items) {
    Pagination pagination = list.pagination().orElse(null);
    Object json = answer.json().orElse(null);
    if (pagination instanceof Pagination.Cursor cursor) {
      next = byCursor(cursor, json);
    } else if (pagination instanceof Pagination.Link link) {
      next = link(link, answer, json).map(this::query);
    } else if (pagination instanceof Pagination.Page page) {
      next =
          items < page.size()
              ? Optional.empty()
              : Optional.of(Map.of(page.parameter(), String.valueOf(page.first() + count)));
    } else {
      next = Optional.empty();
    }
  }

  private static Optional<Map<String, String>> byCursor(
      Pagination.Cursor pagination, @Nullable Object json) {
    boolean goesOn =
        pagination.goesOn().map(place -> Boolean.TRUE.equals(place.find(json))).orElse(true);
    return Optional.ofNullable(pagination.cursor().find(json))
        .map(Object::toString)
        .filter(cursor -> goesOn && !cursor.isBlank())
        .map(cursor -> Map.of(pagination.parameter(), cursor));
  }

  private static Optional<String> link(
      Pagination.Link pagination, Answer answer, @Nullable Object json) {
    if (pagination.pointer().isPresent()) {
      return Optional.ofNullable(pagination.pointer().get().find(json))
          .map(Object::toString)
          .filter(link -> !link.isBlank());
    }
    Matcher link = NEXT_LINK.matcher(String.join(", ", answer.links()));
    return link.find() ? Optional.of(link.group(1)) : Optional.empty();
  }

  /** Of a link only the query is used: an answer never says where the next request goes. */
  private Map<String, String> query(String link) {
    Map<String, String> query = new LinkedHashMap<>();
    String raw = requireSamePlace(link).getRawQuery();
    for (String pair : raw == null ? List.<String>of() : List.of(raw.split("&"))) {
      String[] parts = pair.split("=", 2);
      query.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
    }
    if (query.isEmpty()) {
      throw unusable("no query");
    }
    return query;
  }

  private URI requireSamePlace(String text) {
    try {
      URI link = new URI(text);
      if (!link.isAbsolute() && link.getRawAuthority() == null) {
        return link;
      }
      URI origin = list.url().origin();
      String place = link.getScheme() + "://" + link.getRawAuthority();
      if (place.toLowerCase(Locale.ROOT).equals(origin.toString())) {
        return link;
      }
      throw unusable("another host than " + origin);
    } catch (URISyntaxException e) {
      throw unusable("something that is no URL");
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private RotationException unusable(String what) {
    return new RotationException(
        FAILED,
        "%s has a link to the next page with %s, so it is not followed".formatted(list, what));
  }
}
