// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import dev.unerring.DataException;
import dev.unerring.base.Sizes;
import dev.unerring.base.Uninterrupted;
import dev.unerring.base.WorkMonitor;
import java.io.IOException;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks until the whole file is there, each time for what is missing, with pauses between. */
final class Attempts {
  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");
  private static final Pattern ALL = Pattern.compile("bytes \\*/(\\d{1,18})");
  private static final long SPARE_BYTES = 64L << 20;
  private static final long SLICE_MILLIS = 100;
  private static final int UNKNOWN = -1;

  private final Source source;
  private final Patience patience;
  private final WorkMonitor monitor;
  private final Remote remote;
  private final PartFile part;
  private boolean resumed;

  /** Bytes of the whole file as the last answer says. */
  private long total = UNKNOWN;

  Attempts(Source source, Patience patience, WorkMonitor monitor, Remote remote, PartFile part) {
    this.source = source;
    this.patience = patience;
    this.monitor = monitor;
    this.remote = remote;
    this.part = part;
  }

  /** A failure that another attempt may mend. */
  private static final class Passing extends Exception {
    private static final long serialVersionUID = 1L;
    private final long pauseMillis;

    Passing(String reason, long pauseMillis, Throwable cause) {
      super(reason, cause);
      this.pauseMillis = pauseMillis;
    }
  }

  /** Whether what is there now comes from more than one answer. */
  boolean run() throws IOException {
    if (part.size() > 0) {
      monitor.note("resuming " + source.name() + " after " + Sizes.text(part.size()));
    }
    int fruitless = 0;
    for (int attempt = 1; ; attempt++) {
      long before = part.size();
      try {
        once();
        return resumed;
      } catch (Passing e) {
        fruitless = part.size() > before ? 1 : fruitless + 1;
        if (fruitless >= patience.attempts() || attempt >= patience.allAttempts()) {
          throw new DataException(failure(e.getMessage()), e);
        }
        long pause = patience.pauseMillis() << Math.min(fruitless - 1, 20);
        pause = Math.min(Math.max(pause, e.pauseMillis), patience.mostPauseMillis());
        monitor.note(
            source.url().getHost()
                + ": "
                + e.getMessage()
                + "; "
                + Sizes.text(part.size())
                + " are there, going on in "
                + pause / 1000.0
                + " s");
        sleep(pause);
      }
    }
  }

  private void once() throws IOException, Passing {
    long have = part.size();
    Optional<String> validator = part.validator(source.url().toString());
    try (Pieces body = ask(have, validator)) {
      if (body != null) {
        receive(body);
      }
    }
  }

  /** The body of a useful answer, with {@link #total} set; null when nothing is missing. */
  private Pieces ask(long have, Optional<String> validator) throws IOException, Passing {
    HttpResponse<Pieces> answer;
    try {
      answer = remote.get(source.url(), have, validator);
    } catch (UnknownHostException e) {
      if (have == 0) {
        throw new DataException(failure(e.getMessage()), e);
      }
      throw new Passing(e.getMessage(), 0, e);
    } catch (IOException e) {
      throw new Passing(e.getMessage(), 0, e);
    }
    boolean useful = false;
    try {
      switch (answer.statusCode()) {
        case 200 -> whole(answer);
        case 206 -> rest(answer, have, validator);
        case 416 -> {
          if (notMore(answer, have)) {
            return null;
          }
        }
        case 408, 425, 429, 500, 502, 503, 504 ->
            throw new Passing(
                "the server answers " + answer.statusCode(), retryAfterMillis(answer), null);
        case 407 ->
            throw new DataException(
                failure(
                    "the proxy wants a name and a password (407); give them in its variable,"
                        + " http_proxy=http://name:password@host:port (https_proxy likewise)"));
        case 404, 410 ->
            throw new DataException(
                failure("the server does not have it (" + answer.statusCode() + ")"));
        case 401, 403 ->
            throw new DataException(failure("the server refuses it (" + answer.statusCode() + ")"));
        default -> throw new DataException(failure("the server answers " + answer.statusCode()));
      }
      useful = true;
      return answer.body();
    } finally {
      if (!useful && answer.body() != null) { // a proxy that refuses a tunnel sends none
        answer.body().close();
      }
    }
  }

  /** 200: the file from its start, whatever was there before. */
  private void whole(HttpResponse<Pieces> answer) throws IOException {
    refusePage(answer);
    if (part.size() > 0) {
      monitor.note("the server sends the whole file again; starting over");
    }
    part.clear();
    part.version(source.url().toString(), validator(answer));
    resumed = false;
    total = answer.headers().firstValueAsLong("Content-Length").orElse(UNKNOWN);
    checkTotal(0);
  }

  /** 206: the rest, if it is the rest of what is there. */
  private void rest(HttpResponse<Pieces> answer, long have, Optional<String> validator)
      throws IOException, Passing {
    refusePage(answer);
    Matcher range = RANGE.matcher(answer.headers().firstValue("Content-Range").orElse(""));
    Optional<String> now = validator(answer);
    boolean fits = range.matches() && Long.parseLong(range.group(1)) == have && have > 0;
    if (!fits || (validator.isPresent() && now.isPresent() && !now.equals(validator))) {
      part.clear();
      String why = fits ? "the file has changed there" : "the server sends another part";
      throw new Passing(why + "; starting over", 0, null);
    }
    resumed = true;
    total = range.group(2).equals("*") ? UNKNOWN : Long.parseLong(range.group(2));
    checkTotal(have);
  }

  /** 416: nothing stands behind what is there. Complete, or not the same file. */
  private boolean notMore(HttpResponse<Pieces> answer, long have) throws IOException, Passing {
    Matcher all = ALL.matcher(answer.headers().firstValue("Content-Range").orElse(""));
    if (!all.matches() || Long.parseLong(all.group(1)) == have) {
      resumed = true; // the MD5 says whether it is
      return true;
    }
    part.clear();
    throw new Passing("what is here is longer than the file there; starting over", 0, null);
  }

  private void receive(Pieces body) throws IOException, Passing {
    String work = "fetching " + source.name();
    while (true) {
      List<ByteBuffer> buffers;
      try {
        buffers = body.next(patience.stallMillis(), monitor);
      } catch (IOException e) {
        throw new Passing("the connection broke: " + e.getMessage(), 0, e);
      }
      if (buffers.isEmpty()) {
        break;
      }
      for (ByteBuffer bytes : buffers) {
        part.append(bytes);
      }
      refuseExcess();
      refuseOther();
      monitor.stepBytes(work, part.size(), total);
    }
    if (total != UNKNOWN && part.size() < total) {
      throw new Passing("it ended after " + part.size() + " of " + total + " bytes", 0, null);
    }
  }

  private void checkTotal(long have) throws IOException {
    if (total > source.mostBytes()) {
      part.discard();
      throw new DataException(
          failure(
              "the server announces "
                  + Sizes.text(total)
                  + ", but the file has at most "
                  + Sizes.text(source.mostBytes())));
    }
    long free = part.path().toAbsolutePath().getParent().toFile().getUsableSpace();
    if (total != UNKNOWN && free < total - have + SPARE_BYTES) {
      throw new DataException(
          source.name()
              + ": "
              + Sizes.text(total - have)
              + " are still to come, but "
              + part.path().toAbsolutePath().getParent()
              + " has room for "
              + Sizes.text(free)
              + "; make room or name another folder with --root");
    }
  }

  private void refuseExcess() throws IOException {
    if (part.size() > source.mostBytes()) {
      part.discard();
      throw new DataException(
          failure("it sends more than the file can have, " + Sizes.text(source.mostBytes())));
    }
  }

  private void refuseOther() throws IOException {
    if (!part.startsAsZip()) {
      part.discard();
      throw new DataException(
          failure("what " + source.url() + " sends is no npz file (no zip archive)"));
    }
  }

  private void refusePage(HttpResponse<Pieces> answer) {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (type.startsWith("text/html")) {
      throw new DataException(
          failure("the server sends a web page instead (a log-in or error page?)"));
    }
  }

  /** A strong ETag, else the time of the last change; what If-Range may hold. */
  private static Optional<String> validator(HttpResponse<Pieces> answer) {
    return answer
        .headers()
        .firstValue("ETag")
        .filter(tag -> tag.startsWith("\""))
        .or(() -> answer.headers().firstValue("Last-Modified"));
  }

  private static long retryAfterMillis(HttpResponse<Pieces> answer) {
    String seconds = answer.headers().firstValue("Retry-After").orElse("");
    return seconds.matches("\\d{1,6}") ? Long.parseLong(seconds) * 1000 : 0;
  }

  private void sleep(long millis) {
    for (long left = millis; left > 0; left -= SLICE_MILLIS) {
      monitor.check("waiting to ask again");
      Uninterrupted.sleep(Math.min(SLICE_MILLIS, left));
    }
  }

  /** What failed, and how to get the file by hand. */
  private String failure(String reason) {
    String target = part.path().toString().replaceFirst("\\.part$", "");
    return source.name()
        + " could not be fetched: "
        + reason
        + "; by hand: download "
        + source.published()
        + " on a machine with a network, put it at "
        + target
        + ", its MD5 must be "
        + source.md5();
  }
}
