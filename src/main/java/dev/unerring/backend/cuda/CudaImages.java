package dev.unerring.backend.cuda;

import dev.unerring.backend.HeldImages;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Images in the memory of the GPU, as bytes; the order of a pass and its labels lie beside them.
 */
final class CudaImages implements HeldImages {
  private static final long WORD = Integer.BYTES;

  private final Gpu gpu;
  private final Kernels kernels;
  private final Buffer images;
  private final int imageBytes;
  private final Buffer position;
  private final Scratch order;
  private final Scratch labels;
  private int labelsPerSample;
  private boolean labelled;

  CudaImages(Gpu gpu, Kernels kernels, MemorySegment bytes, int imageBytes) {
    this.gpu = gpu;
    this.kernels = kernels;
    this.imageBytes = imageBytes;
    images = gpu.allocate(Math.ceilDiv(bytes.byteSize(), WORD));
    gpu.upload(bytes, images);
    position = gpu.allocate(1);
    order = new Scratch(gpu);
    labels = new Scratch(gpu);
  }

  @Override
  public void begin(int[] samples, int[] given) {
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
}
