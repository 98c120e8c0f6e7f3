package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** MaxResults and NextToken, for every operation that lists something. */
final class Page {

  private static final long LARGEST = 100;
  private static final int LONGEST_TOKEN = 4096;
  private static final String MARK = "after:";

  private Page() {}

  /** The items that this request asks for; the response gets a NextToken when there are more. */
  static <T> List<T> of(Arguments in, List<T> items, ObjectNode out) {
    int size = in.number("MaxResults", 1, LARGEST).orElse(LARGEST).intValue();
    int start = in.text("NextToken", 1, LONGEST_TOKEN).map(Page::decode).orElse(0);
    int from = Math.min(start, items.size());
    int to = Math.min(from + size, items.size());
    if (to < items.size()) {
      out.put("NextToken", encode(to));
    }
    return items.subList(from, to);
  }

  private static String encode(int position) {
    return Base64.getUrlEncoder()
        .encodeToString((MARK + position).getBytes(StandardCharsets.US_ASCII));
  }

  private static int decode(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
      if (text.startsWith(MARK)) {
        return Integer.parseUnsignedInt(text.substring(MARK.length())) & Integer.MAX_VALUE;
      }
    } catch (IllegalArgumentException e) {
      // neither base64 nor a number: falls through to the refusal
    }
    throw new ServiceException("InvalidNextTokenException", "The NextToken value is invalid.");
  }
}
