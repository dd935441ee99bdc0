// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.ffi.CudaRuntime;
import dev.unerring.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;

/**
 * Copies between any host memory and the device, through two pieces of page-locked memory that take
 * turns, so that one is filled while the other one travels.
 */
final class Staging {
  private static final long PIECE = 4L << 20;

  private final CudaRuntime runtime;
  private final MemorySegment stream;
  private final MemorySegment[] pieces = new MemorySegment[2];
  private final MemorySegment[] done = new MemorySegment[2];
  private int turn;

  Staging(CudaRuntime runtime, MemorySegment stream, Handles handles) {
    this.runtime = runtime;
    this.stream = stream;
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] =
          handles
              .add(
                  new NativeHandle(
                      runtime.cudaHostAlloc(PIECE, CudaRuntime.cudaHostAllocDefault),
                      runtime::cudaFreeHost))
              .memory(PIECE);
      done[i] =
          handles
              .add(
                  new NativeHandle(
                      runtime.cudaEventCreateWithFlags(CudaRuntime.cudaEventDisableTiming),
                      runtime::cudaEventDestroy))
              .address();
    }
  }

  void upload(MemorySegment host, MemorySegment device) {
    for (long at = 0; at < host.byteSize(); at += PIECE) {
      long bytes = Math.min(PIECE, host.byteSize() - at);
      runtime.cudaEventSynchronize(done[turn]);
      MemorySegment.copy(host, at, pieces[turn], 0, bytes);
      move(device.asSlice(at, bytes), pieces[turn], CudaRuntime.cudaMemcpyHostToDevice);
    }
  }

  void download(MemorySegment device, MemorySegment host) {
    long size = host.byteSize();
    for (long at = 0; at < size + PIECE; at += PIECE) {
      if (at < size) {
        long bytes = Math.min(PIECE, size - at);
        runtime.cudaEventSynchronize(done[turn]);
        move(pieces[turn], device.asSlice(at, bytes), CudaRuntime.cudaMemcpyDeviceToHost);
      } else {
        turn = 1 - turn;
      }
      long before = at - PIECE;
      if (before >= 0 && before < size) {
        runtime.cudaEventSynchronize(done[turn]);
        MemorySegment.copy(pieces[turn], 0, host, before, Math.min(PIECE, size - before));
      }
    }
  }

  /** Begins a copy from or to the piece whose turn it is, and gives the turn to the other one. */
  private void move(MemorySegment to, MemorySegment from, int kind) {
    long bytes = Math.min(to.byteSize(), from.byteSize());
    runtime.cudaMemcpyAsync(to, from, bytes, kind, stream);
    runtime.cudaEventRecord(done[turn], stream);
    turn = 1 - turn;
  }
}
