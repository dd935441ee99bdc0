package dev.unerring.backend;

import dev.unerring.base.ConcurrentUseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets one thread at a time use a backend and the networks on it. Every operation takes the turn
 * and closes it at its end; what consists of several operations takes it around them. Within its
 * turn a thread may take it again. Another thread is refused at once; between turns it may go on.
 *
 * <p>A pass of a network leaves a result in the backend's memory, which the next pass overwrites.
 * Where another thread begins a pass before the first one has read its result, the first one is
 * refused when it goes on, so that no thread reads the result of another.
 */
public final class Turn implements AutoCloseable {
  private static final String ONE_THREAD =
      " a backend and its networks serve one thread at a time: give each thread its own backend and"
          + " network, or let one call end before the next begins";

  private final AtomicReference<Thread> holder = new AtomicReference<>();
  private volatile boolean ended;
  // The rest is the holder's alone.
  private int depth;
  private Thread unread;
  private final List<Thread> overtaken = new ArrayList<>();

  /** The turn of a new backend. */
  public Turn() {}

  /**
   * Takes the turn for the calling thread until {@link #close}.
   *
   * @return this
   * @throws ConcurrentUseException where another thread has it, or has overwritten the result of
   *     the calling thread's pass
   * @throws IllegalStateException where the backend is closed
   */
  public Turn take() {
    if (enter() && !overtaken.isEmpty() && overtaken.remove(Thread.currentThread())) {
      close();
      throw new ConcurrentUseException(
          "another thread began a pass before thread '"
              + Thread.currentThread().getName()
              + "' had read the result of its own;"
              + ONE_THREAD);
    }
    return this;
  }

  /** {@link #take} for a pass: its result is unread until {@link #read}. */
  public Turn takeForPass() {
    enter();
    Thread me = Thread.currentThread();
    if (unread != me) {
      overtaken.remove(me);
      overtaken.removeIf(thread -> !thread.isAlive());
      if (unread != null && unread.isAlive()) {
        overtaken.add(unread);
      }
      unread();
    }
    return this;
  }

  /** The holder has left a result in the backend's memory, as after {@link #takeForPass}. */
  public void unread() {
    unread = Thread.currentThread();
  }

  /** The holder has copied results to the host. */
  public void read() {
    if (unread == Thread.currentThread()) {
      unread = null;
    }
  }

  /** Whether the turn is new, not one within another. */
  private boolean enter() {
    Thread me = Thread.currentThread();
    if (holder.get() == me) {
      depth++;
      return false;
    }
    if (!claim(me, ONE_THREAD)) {
      throw new IllegalStateException("the backend is closed; open a new one");
    }
    return true;
  }

  /** Makes the calling thread the holder; false where the turns have ended. */
  private boolean claim(Thread me, String remedy) {
    Thread other = holder.compareAndExchange(null, me);
    if (ended) {
      holder.compareAndSet(me, null);
      return false;
    }
    if (other != null) {
      throw new ConcurrentUseException(
          "thread '"
              + me.getName()
              + "' came to a backend while thread '"
              + other.getName()
              + "' was using it;"
              + remedy);
    }
    return true;
  }

  /** Ends the operation, and the turn where no other one is around it. */
  @Override
  public void close() {
    if (depth > 0) {
      depth--;
    } else {
      holder.set(null);
    }
  }

  /**
   * Ends all turns, for {@link Backend#close}: no thread gets one from now on.
   *
   * @return false where they had ended before
   * @throws ConcurrentUseException where another thread has its turn; nothing has changed then
   * @throws IllegalStateException where the calling thread has its turn
   */
  public boolean end() {
    if (holder.get() == Thread.currentThread()) {
      throw new IllegalStateException(
          "a backend was closed within one of its operations; close it after them");
    }
    if (!claim(Thread.currentThread(), " close it when that call has ended")) {
      return false;
    }
    ended = true;
    holder.set(null);
    return true;
  }
}
