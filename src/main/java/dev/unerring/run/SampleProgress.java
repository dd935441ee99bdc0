package dev.unerring.run;

/** Told how far a long pass over samples is; may end it by throwing. */
@FunctionalInterface
public interface SampleProgress {
  /** Nobody watches. */
  SampleProgress SILENT = (what, done, all) -> {};

  /**
   * Told after every slice of samples.
   *
   * @param what split or file
   * @param done samples that are through
   * @param all samples in all
   */
  void at(String what, long done, long all);
}
