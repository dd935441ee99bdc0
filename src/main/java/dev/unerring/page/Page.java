// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.export.ModelExport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The frame of a page: head, first screen, list of contents, sections. */
final class Page {
  /** What a page says of its maker. */
  static final String GENERATOR = "Unerring";

  /** A part with a heading. */
  private record Section(String id, String title, Consumer<Html> content) {}

  private final String title;
  private final Consumer<Html> first;
  private final List<Section> sections = new ArrayList<>();

  /**
   * An empty page.
   *
   * @param first writes what stands on the first screen, below the title
   */
  Page(String title, Consumer<Html> first) {
    this.title = title;
    this.first = first;
  }

  /** Adds a section. */
  Page section(String id, String heading, Consumer<Html> content) {
    sections.add(new Section(id, heading, content));
    return this;
  }

  /** The document. */
  String html(String version) {
    Html html = new Html();
    html.open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    html.empty("meta", "name", "generator", "content", GENERATOR);
    html.tag("title", title).style(Style.CSS).close();
    html.open("body").tag("a", "Skip to the content", "class", "skip", "href", "#content");
    html.open("header").tag("h1", title);
    first.accept(html);
    html.close();
    html.open("nav", "aria-label", "Contents").open("ul");
    for (Section each : sections) {
      html.open("li").tag("a", each.title, "href", "#" + each.id).close();
    }
    html.close().close().open("main", "id", "content");
    for (Section each : sections) {
      html.open("section", "id", each.id, "aria-labelledby", each.id + "-title");
      html.tag("h2", each.title, "id", each.id + "-title");
      each.content.accept(html);
      html.close();
    }
    html.close().open("footer");
    html.p("Made by Unerring " + version + ". " + ModelExport.NOTICE);
    return html.close().close().close().toString();
  }

  /** A table that scrolls by itself where it is wide. */
  static void table(
      Html html, String caption, List<String> head, List<List<String>> rows, boolean words) {
    openTable(html, caption, words ? "words" : "numbers");
    html.open("thead").open("tr");
    head.forEach(each -> html.tag("th", each, "scope", "col"));
    html.close().close().open("tbody");
    for (List<String> row : rows) {
      html.open("tr").tag("th", row.getFirst(), "scope", "row");
      row.subList(1, row.size()).forEach(each -> html.tag("td", each));
      html.close();
    }
    html.close().close().close();
  }

  /** Opens a table, and what scrolls it, below its caption: two elements to close. */
  static void openTable(Html html, String caption, String kind) {
    html.tag("p", caption, "class", "soft caption");
    html.open("div", "class", "table", "tabindex", "0", "role", "group", "aria-label", caption);
    html.open("table", "class", kind, "aria-label", caption);
  }

  /** A picture with what it shows. */
  static void figure(Html html, Picture picture, String name, List<String> lines) {
    int scale = Math.max(1, (picture.height() < 40 ? 84 : 112) / Math.max(1, picture.height()));
    html.open("figure");
    html.empty(
        "img",
        "src",
        picture.source(),
        "alt",
        name,
        "width",
        picture.width() * scale,
        "height",
        picture.height() * scale);
    html.open("figcaption");
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) {
        html.empty("br");
      }
      html.text(lines.get(i));
    }
    html.close().close();
  }
}
