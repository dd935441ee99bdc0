// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.ffi.CudaRuntime;
import dev.unerring.ffi.NativeCallException;
import dev.unerring.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Operations that were recorded as CUDA graphs: carried out call by call the first time, when
 * working memory still grows, recorded the second time, repeated from then on. What cannot be
 * recorded is carried out call by call always; the bits are the same.
 */
final class Recordings {
  private static final int MOST = 64;

  private final Gpu gpu;
  private final Map<Object, Recording> recordings = new LinkedHashMap<>();
  private long graphs;
  private long launches;

  /** A graph, null until it is recorded and where it cannot be, and the state of memory with it. */
  private static final class Recording {
    private final long moves;
    private NativeHandle graph;
    private boolean refused;

    Recording(long moves) {
      this.moves = moves;
    }
  }

  Recordings(Gpu gpu) {
    this.gpu = gpu;
  }

  /** See {@link dev.unerring.backend.Backend#repeat}. */
  void repeat(Object key, Runnable operations) {
    if (gpu.recording()) { // part of a longer recording
      operations.run();
      return;
    }
    Recording known = recordings.get(key);
    if (known == null || known.moves != gpu.moves()) {
      operations.run();
      if (recordings.size() >= MOST) {
        recordings.values().forEach(this::forget);
        recordings.clear();
      }
      forget(recordings.put(key, new Recording(gpu.moves())));
      return;
    }
    if (known.graph == null && !known.refused) {
      known.graph = record(operations);
      known.refused = known.graph == null;
      graphs += known.refused ? 0 : 1;
    }
    if (known.graph == null) {
      operations.run();
    } else {
      gpu.enter();
      gpu.runtime().cudaGraphLaunch(known.graph.address(), gpu.stream());
      launches++;
    }
  }

  /** Graphs that were recorded so far. */
  long graphs() {
    return graphs;
  }

  /** How often one was launched. */
  long launches() {
    return launches;
  }

  private void forget(Recording recording) {
    if (recording != null && recording.graph != null) {
      gpu.free(recording.graph);
    }
  }

  /**
   * The graph; null where the libraries refuse, which an ordinary call then explains, if at all.
   * What else the operations throw is thrown on, and no graph stays behind.
   */
  private NativeHandle record(Runnable operations) {
    CudaRuntime runtime = gpu.runtime();
    gpu.enter();
    try {
      runtime.cudaStreamBeginCapture(gpu.stream(), CudaRuntime.cudaStreamCaptureModeThreadLocal);
    } catch (NativeCallException e) {
      return null;
    }
    try (Capture capture = new Capture()) {
      try {
        operations.run();
      } catch (NativeCallException e) {
        return null;
      }
      MemorySegment graph = capture.end();
      return graph.address() == 0
          ? null
          : gpu.own(
              new NativeHandle(
                  runtime.cudaGraphInstantiateWithFlags(graph, 0), runtime::cudaGraphExecDestroy));
    }
  }

  /** A capture under way, which ends, and whose graph is destroyed, whatever is thrown. */
  private final class Capture implements AutoCloseable {
    private MemorySegment graph;

    Capture() {
      gpu.recording(true);
    }

    /** The graph; null where the capture was given up, and then no error is left behind. */
    MemorySegment end() {
      gpu.recording(false);
      graph = MemorySegment.NULL;
      try {
        graph = gpu.runtime().cudaStreamEndCapture(gpu.stream());
      } catch (NativeCallException e) {
        try {
          gpu.runtime().cudaGetLastError();
        } catch (NativeCallException left) {
          e.addSuppressed(left);
        }
      }
      return graph;
    }

    @Override
    public void close() {
      if (graph == null) {
        end();
      }
      if (graph.address() != 0) {
        gpu.runtime().cudaGraphDestroy(graph);
      }
    }
  }
}
