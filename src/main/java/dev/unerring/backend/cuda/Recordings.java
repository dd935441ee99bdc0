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
        recordings.values().forEach(Recordings::forget);
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

  private static void forget(Recording recording) {
    if (recording != null && recording.graph != null) {
      recording.graph.close();
    }
  }

  /**
   * The graph; null where the libraries refuse, which an ordinary call then explains, if at all.
   */
  private NativeHandle record(Runnable operations) {
    CudaRuntime runtime = gpu.runtime();
    gpu.enter();
    try {
      runtime.cudaStreamBeginCapture(gpu.stream(), CudaRuntime.cudaStreamCaptureModeThreadLocal);
    } catch (NativeCallException e) {
      return null;
    }
    boolean whole = false;
    MemorySegment captured = MemorySegment.NULL;
    gpu.recording(true);
    try {
      operations.run();
      whole = true;
    } catch (NativeCallException e) {
      whole = false;
    } finally {
      gpu.recording(false);
      captured = end(runtime);
    }
    if (captured.address() == 0) {
      return null;
    }
    try (NativeHandle graph = new NativeHandle(captured, runtime::cudaGraphDestroy)) {
      return whole
          ? gpu.own(
              new NativeHandle(
                  runtime.cudaGraphInstantiateWithFlags(graph.address(), 0),
                  runtime::cudaGraphExecDestroy))
          : null;
    }
  }

  /** The captured graph; null where the capture was given up, and then no error is left behind. */
  private MemorySegment end(CudaRuntime runtime) {
    try {
      return runtime.cudaStreamEndCapture(gpu.stream());
    } catch (NativeCallException e) {
      try {
        runtime.cudaGetLastError();
      } catch (NativeCallException left) {
        e.addSuppressed(left);
      }
      return MemorySegment.NULL;
    }
  }
}
