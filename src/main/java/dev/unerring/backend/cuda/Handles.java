// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.ffi.NativeHandle;
import java.util.ArrayDeque;
import java.util.Deque;

/** Handles with one owner, given back in the reverse order, all of them whatever fails. */
final class Handles implements AutoCloseable {
  private final Deque<NativeHandle> handles = new ArrayDeque<>();

  NativeHandle add(NativeHandle handle) {
    handles.push(handle);
    return handle;
  }

  /** Leaves a handle to its user. */
  void remove(NativeHandle handle) {
    handles.remove(handle);
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!handles.isEmpty()) {
      try {
        handles.pop().close();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else if (first != e) {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
