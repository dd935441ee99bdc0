package dev.unerring;

import java.util.function.Consumer;

/**
 * Hears of a run on the thread that carries it out, between two steps: so an answer should be
 * quick. It changes no result. An exception of a listener ends the run and is handed on.
 */
public interface Listener {
  /** Hears nothing. */
  Listener NONE = new Listener() {};

  /**
   * Hears notes alone.
   *
   * @param notes takes each note
   * @return a listener
   */
  static Listener ofNotes(Consumer<Note> notes) {
    return new Listener() {
      @Override
      public void note(Note note) {
        notes.accept(note);
      }
    };
  }

  /**
   * Something a user should read.
   *
   * @param note the sentence
   */
  default void note(Note note) {}

  /**
   * The end of an epoch of training.
   *
   * @param epoch its figures
   */
  default void epoch(Epoch epoch) {}

  /**
   * Progress, after every step.
   *
   * @param progress how far the work is
   */
  default void progress(Progress progress) {}
}
