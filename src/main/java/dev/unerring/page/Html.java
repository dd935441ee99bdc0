// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.base.Names;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * A document that is being written. Whatever is put into it is text: nothing from a file can become
 * markup, because every text and every value of an attribute is escaped here.
 */
final class Html {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  Html() {}

  /** Opens an element; names and values of its attributes by turns. */
  Html open(String tag, Object... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(String.valueOf(attributes[i + 1]));
      out.append('"');
    }
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element that was opened last. */
  Html close() {
    out.append("</").append(open.pop()).append('>');
    if (open.size() < 4) {
      out.append('\n');
    }
    return this;
  }

  /** An element of SVG without content. */
  Html leaf(String tag, Object... attributes) {
    return open(tag, attributes).close();
  }

  /** An element that is never closed, as img. */
  Html empty(String tag, Object... attributes) {
    open(tag, attributes);
    open.pop();
    return this;
  }

  /** A text. */
  Html text(Object text) {
    escape(String.valueOf(text));
    return this;
  }

  /** An element with a text. */
  Html tag(String tag, Object text, Object... attributes) {
    return open(tag, attributes).text(text).close();
  }

  /** A paragraph. */
  Html p(Object text) {
    return tag("p", text);
  }

  /** A paragraph with values put into a form. */
  Html p(String form, Object... values) {
    return p(String.format(Locale.ROOT, form, values));
  }

  /** A style sheet of our own. */
  Html style(String css) {
    out.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n' -> out.append('\n');
        default -> {
          boolean plain = c >= ' ' && c < 127;
          out.append(plain ? Character.toString(c) : Names.shown(Character.toString(c)));
        }
      }
    }
  }

  /** The document. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return "<!DOCTYPE html>\n" + out;
  }
}
