// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.base.WorkMonitor;
import dev.unerring.certify.Recheck;
import dev.unerring.errors.ErrorList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the saved model at the end of a run: the re-check, or where a stop ended it,
 * what the run itself had counted.
 *
 * @param recheck empty where it was not finished
 * @param errors training errors of the re-check, else those that the run counted in memory; empty
 *     where a stop left no time for that either
 * @param weightsSha256 hash of the saved tensors
 * @param patches number of patches of the saved model
 * @param images that the re-check counted
 * @param of images that it counts when it is finished
 * @param endedBy the reason of the stop; empty for none
 */
record Counted(
    Optional<Recheck> recheck,
    Optional<ErrorList> errors,
    String weightsSha256,
    int patches,
    long images,
    long of,
    String endedBy) {

  /** A finished re-check. */
  static Counted again(Recheck recheck, long images) {
    return new Counted(
        Optional.of(recheck),
        Optional.of(recheck.train().errors()),
        recheck.weightsSha256(),
        recheck.patches().patches(),
        images,
        images,
        "");
  }

  /** A re-check that was not finished. */
  static Counted stopped(
      Optional<ErrorList> errors,
      String weightsSha256,
      int patches,
      long images,
      long of,
      String endedBy) {
    return new Counted(Optional.empty(), errors, weightsSha256, patches, images, of, endedBy);
  }

  boolean complete() {
    return recheck.isPresent();
  }

  /** The object {@code recheck} of result.json. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("complete", complete());
    json.put("images", images);
    json.put("of", of);
    if (!complete()) {
      json.put("endedBy", endedBy);
    }
    return json;
  }

  /** Passes on what a re-check reports, and adds up the images that it has counted. */
  static final class Progress implements WorkMonitor {
    private final WorkMonitor monitor;
    private long counted;
    private long current;

    Progress(WorkMonitor monitor) {
      this.monitor = monitor;
    }

    long images() {
      return counted + current;
    }

    @Override
    public void note(String text) {
      monitor.note(text);
    }

    @Override
    public void progress(String work, long done, long total) {
      if (work.startsWith("counting ")) {
        counted += done == total ? total : 0;
        current = done == total ? 0 : done;
      }
      monitor.progress(work, done, total);
    }

    @Override
    public void progressBytes(String work, long done, long total) {
      monitor.progressBytes(work, done, total);
    }

    @Override
    public Optional<String> stop() {
      return monitor.stop();
    }

    @Override
    public Optional<String> stopReason() {
      return monitor.stopReason();
    }
  }
}
