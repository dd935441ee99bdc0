// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.WorkMonitor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a user should know of an image that is packed, audited, evaluated or predicted. One list for
 * all verbs, so that each of them says the same of the same image.
 */
public enum ImageRemark {
  /** Has 16 bits a sample; says nothing by itself. */
  SIXTEEN_BITS(""),
  /** Has 16 bits and uses less than a sixteenth of their range. */
  DARK(
      "of 16 bits use less than a sixteenth of their range (12-bit data?) and are nearly black at 8"
          + " bits; apply a window first (docs/own-images.md)"),
  /** All values are below a sixteenth of the range. */
  NEARLY_BLACK(
      "are nearly black (all values below 17 of 255); was a window or the brightness lost?"
          + " (docs/own-images.md)"),
  /** Has transparent pixels. */
  TRANSPARENT("have transparent pixels, which are laid on black"),
  /** Was turned as its EXIF orientation says. */
  TURNED("were turned as their EXIF orientation says"),
  /** Is a PNG with an orientation, which is not applied. */
  NOT_TURNED("are PNGs with an EXIF orientation, which is not applied"),
  /** Has a colour that the set or model does not see. */
  COLOUR_LOST("have colours, which become grey"),
  /** Is grey, and the model was trained on colours. */
  COLOUR_MADE("are grey, but the model takes colours"),
  /** Is smaller than the images of the set. */
  ENLARGED("are smaller than the images of the set and were enlarged"),
  /** Loses more than half of its area by the rule of fit. */
  CUT("have another aspect ratio and lose more than half of their area to --fit crop");

  /** A value is near black below this: 4095 of 65535 becomes 16. */
  public static final int NEAR_BLACK = 17;

  private final String text;

  ImageRemark(String text) {
    this.text = text;
  }

  /** Counts remarks of many images; not thread-safe. */
  public static final class Counter {
    private final Map<ImageRemark, Integer> counts = new EnumMap<>(ImageRemark.class);
    private final Map<ImageRemark, String> first = new EnumMap<>(ImageRemark.class);
    private int images;

    /** Nothing counted yet. */
    public Counter() {}

    /** Adds an image with its remarks; {@code name} serves as an example in the notes. */
    public void add(String name, Collection<ImageRemark> remarks) {
      images++;
      for (ImageRemark remark : remarks) {
        counts.merge(remark, 1, Integer::sum);
        first.putIfAbsent(remark, name);
      }
    }

    /** A sentence for each kind of remark. */
    public List<String> notes() {
      List<String> notes = new ArrayList<>();
      counts.forEach((remark, count) -> {
        if (!remark.text.isEmpty()) {
          notes.add(
              count + " of " + images + " images " + remark.text + "; first: " + first.get(remark));
        }
      });
      return notes;
    }
  }

  /** What is said of the images of a split: whether some are nearly black. */
  public static List<String> notes(Split split, WorkMonitor monitor) {
    Counter counter = new Counter();
    String work = "looking for black images of " + split.name();
    Pace pace = Pace.of(monitor, work, split.size(), split.imageBytes());
    for (int index = 0; index < split.size(); index++) {
      pace.done(index + 1);
      long start = (long) index * split.imageBytes();
      String name = split.name() + "[" + index + "]";
      counter.add(name, of(split.images().asSlice(start, split.imageBytes())));
    }
    return counter.notes();
  }

  /** What is said of the pixels of one image, uint8: NEARLY_BLACK or nothing. */
  public static Set<ImageRemark> of(MemorySegment pixels) {
    for (long at = 0; at < pixels.byteSize(); at++) {
      if ((pixels.get(ValueLayout.JAVA_BYTE, at) & 0xFF) >= NEAR_BLACK) {
        return EnumSet.noneOf(ImageRemark.class);
      }
    }
    return EnumSet.of(NEARLY_BLACK);
  }
}
