// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.HeldImages;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Images in the memory of the GPU, as bytes; the order of a pass and its labels lie beside them.
 * After {@link #close} a pass is refused.
 */
final class CudaImages implements HeldImages, AutoCloseable {
  private static final long WORD = Integer.BYTES;

  private final Gpu gpu;
  private final Kernels kernels;
  private final NativeHandle memory;
  private final Buffer images;
  private final int imageBytes;
  private final Buffer position;
  private final Scratch order;
  private final Scratch labels;
  private int labelsPerSample;
  private boolean labelled;
  private boolean closed;

  CudaImages(Gpu gpu, Kernels kernels, MemorySegment bytes, int imageBytes) {
    this.gpu = gpu;
    this.kernels = kernels;
    this.imageBytes = imageBytes;
    long words = Math.ceilDiv(bytes.byteSize(), WORD);
    memory = gpu.own(gpu.memory(Gpu.bytes(words + 1)));
    Buffer whole = new Buffer(memory.memory(Gpu.bytes(words + 1)));
    images = whole.slice(0, words);
    position = whole.slice(words, 1);
    order = new Scratch(gpu);
    labels = new Scratch(gpu);
    try {
      gpu.upload(bytes, images);
    } catch (RuntimeException | Error e) {
      try {
        close();
      } catch (RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  @Override
  public void begin(int[] samples, int[] given) {
    requireOpen();
    gpu.upload(MemorySegment.ofArray(samples), first(order, samples.length));
    gpu.clear(position);
    labelled = given.length > 0;
    if (labelled) {
      gpu.upload(MemorySegment.ofArray(given), first(labels, given.length));
      labelsPerSample = given.length / samples.length;
    }
  }

  private static Buffer first(Scratch scratch, int words) {
    return new Buffer(scratch.words(words).asSlice(0, words * WORD));
  }

  @Override
  public void next(Tensor x, Buffer labelsOfBatch) {
    requireOpen();
    if (labelsOfBatch != null && !labelled) {
      throw new IllegalStateException("the pass over the images was begun without labels");
    }
    kernels
        .of("gather_images")
        .at(images)
        .at(order.words(1))
        .at(position)
        .at(x)
        .number(imageBytes)
        .launch(x.shape().n(), 1, 1, Kernels.THREADS, 1);
    kernels
        .of("gather_labels")
        .at(labelsOfBatch == null ? MemorySegment.NULL : labels.words(1))
        .at(position)
        .at(labelsOfBatch == null ? MemorySegment.NULL : labelsOfBatch.memory())
        .number(labelsOfBatch == null ? 0 : labelsPerSample)
        .number(x.shape().n())
        .launch(1, 1, 1, Kernels.THREADS, 1);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the images on the GPU are gone: their data set is closed");
    }
  }

  /** Frees the memory on the GPU; what was recorded with it is void. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      gpu.moved();
      gpu.free(memory);
      order.close();
      labels.close();
    }
  }
}
