// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.base.Fma;
import dev.unerring.base.OrderedMath;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The definition: every operation as a plain loop, one thread, {@link Fma} where the contract says
 * fma. Slow on purpose; it stays for ever as what the others are compared with.
 *
 * <p>Letters: N images, D H W positions, C channels, K taps; i for input, o for output.
 */
public final class ReferenceBackend implements Backend {
  private final Arena arena = Arena.ofShared();
  // Its operations share nothing, so only what reaches the memory of a pass takes the turn.
  private final Turn turn = new Turn();
  private final Products integer = new IntegerReference();

  /** Creates the backend; it holds no resources but the memory of its buffers. */
  public ReferenceBackend() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public boolean hostMemory() {
    return true;
  }

  @Override
  public Exactness exactness() {
    return Exactness.BITWISE;
  }

  @Override
  public Turn turn() {
    return turn;
  }

  @Override
  public Buffer allocate(long words) {
    try (Turn _ = turn.take()) {
      return new Buffer(CpuScratch.allocate(arena, Math.multiplyExact(words, (long) Float.BYTES)));
    }
  }

  @Override
  public void upload(MemorySegment source, Buffer target) {
    try (Turn _ = turn.take()) {
      OperandChecks.copy(source, target);
      MemorySegment.copy(source, 0, target.memory(), 0, source.byteSize());
    }
  }

  @Override
  public void download(Buffer source, MemorySegment target) {
    try (Turn _ = turn.take()) {
      OperandChecks.copy(target, source);
      MemorySegment.copy(source.memory(), 0, target, 0, target.byteSize());
      turn.read();
    }
  }

  @Override
  public void fill(Buffer target, float value) {
    for (long i = 0; i < target.length(); i++) {
      set(target, i, value);
    }
  }

  @Override
  public Products integer() {
    return integer;
  }

  // ---- convolution ----

  @Override
  public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    OperandChecks.conv(x, weight, bias, window, y);
    Shape in = x.shape();
    Shape out = y.shape();
    float[] pixels = array(x.data());
    float[] weights = array(weight);
    for (int n = 0; n < out.n(); n++) {
      for (int od = 0; od < out.d(); od++) {
        for (int oh = 0; oh < out.h(); oh++) {
          for (int ow = 0; ow < out.w(); ow++) {
            for (int oc = 0; oc < out.c(); oc++) {
              float acc = 0.0f;
              for (int kd = 0; kd < window.kd(); kd++) {
                for (int kh = 0; kh < window.kh(); kh++) {
                  for (int kw = 0; kw < window.kw(); kw++) {
                    int id = od * window.stride() + kd - window.padDepth();
                    int ih = oh * window.stride() + kh - window.pad();
                    int iw = ow * window.stride() + kw - window.pad();
                    int tap = (kd * window.kh() + kh) * window.kw() + kw;
                    boolean inside = inside(in, id, ih, iw);
                    int from = inside ? (int) index(in, n, id, ih, iw, 0) : 0;
                    for (int ic = 0; ic < in.c(); ic++) {
                      float v = inside ? pixels[from + ic] : 0.0f;
                      acc = Fma.of(v, weights[(tap * in.c() + ic) * out.c() + oc], acc);
                    }
                  }
                }
              }
              set(y.data(), index(out, n, od, oh, ow, oc), acc + get(bias, oc));
            }
          }
        }
      }
    }
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    OperandChecks.conv(gradX, weight, null, window, gradY);
    Shape in = gradX.shape();
    Shape out = gradY.shape();
    int stride = window.stride();
    for (int n = 0; n < in.n(); n++) {
      for (int id = 0; id < in.d(); id++) {
        for (int ih = 0; ih < in.h(); ih++) {
          for (int iw = 0; iw < in.w(); iw++) {
            for (int ic = 0; ic < in.c(); ic++) {
              float acc = 0.0f;
              for (int kd = 0; kd < window.kd(); kd++) {
                for (int kh = 0; kh < window.kh(); kh++) {
                  for (int kw = 0; kw < window.kw(); kw++) {
                    int d = id + window.padDepth() - kd;
                    int h = ih + window.pad() - kh;
                    int w = iw + window.pad() - kw;
                    if (d % stride != 0 || h % stride != 0 || w % stride != 0) {
                      continue; // a hole between the strides is not part of the chain
                    }
                    long tap = ((long) kd * window.kh() + kh) * window.kw() + kw;
                    for (int oc = 0; oc < out.c(); oc++) {
                      float g = pixel(gradY, n, d / stride, h / stride, w / stride, oc);
                      acc = Fma.of(g, get(weight, (tap * in.c() + ic) * out.c() + oc), acc);
                    }
                  }
                }
              }
              set(gradX.data(), index(in, n, id, ih, iw, ic), acc);
            }
          }
        }
      }
    }
  }

  @Override
  public void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.conv(x, gradWeight, gradBias, window, gradY);
    Shape in = x.shape();
    Shape out = gradY.shape();
    Chunks chunks = Chunks.ofPositions(out);
    for (int kd = 0; kd < window.kd(); kd++) {
      for (int kh = 0; kh < window.kh(); kh++) {
        for (int kw = 0; kw < window.kw(); kw++) {
          long tap = ((long) kd * window.kh() + kh) * window.kw() + kw;
          int firstD = kd - window.padDepth();
          int firstH = kh - window.pad();
          int firstW = kw - window.pad();
          for (int ic = 0; ic < in.c(); ic++) {
            int channel = ic;
            for (int oc = 0; oc < out.c(); oc++) {
              int gradient = oc;
              float sum =
                  chunked(
                      chunks,
                      (row, ow, acc) -> {
                        int oh = row % out.h();
                        int od = row / out.h() % out.d();
                        int n = row / out.h() / out.d();
                        float v =
                            pixel(
                                x,
                                n,
                                od * window.stride() + firstD,
                                oh * window.stride() + firstH,
                                ow * window.stride() + firstW,
                                channel);
                        float g = get(gradY.data(), index(out, n, od, oh, ow, gradient));
                        return Fma.of(v, g, acc);
                      });
              set(gradWeight, (tap * in.c() + ic) * out.c() + oc, sum);
            }
          }
        }
      }
    }
    channelSums(gradY, chunks, gradBias);
  }

  // ---- linear ----

  @Override
  public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    OperandChecks.linear(x, weight, bias, y);
    int in = x.shape().imageElements();
    int out = y.shape().imageElements();
    float[] values = array(x.data());
    float[] weights = array(weight);
    for (int n = 0; n < x.shape().n(); n++) {
      for (int o = 0; o < out; o++) {
        float acc = 0.0f;
        for (int i = 0; i < in; i++) {
          acc = Fma.of(values[n * in + i], weights[i * out + o], acc);
        }
        set(y.data(), (long) n * out + o, acc + get(bias, o));
      }
    }
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    OperandChecks.linear(gradX, weight, null, gradY);
    int in = gradX.shape().imageElements();
    int out = gradY.shape().imageElements();
    for (int n = 0; n < gradX.shape().n(); n++) {
      for (int i = 0; i < in; i++) {
        float acc = 0.0f;
        for (int o = 0; o < out; o++) {
          acc = Fma.of(get(gradY.data(), (long) n * out + o), get(weight, (long) i * out + o), acc);
        }
        set(gradX.data(), (long) n * in + i, acc);
      }
    }
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.linear(x, gradWeight, gradBias, gradY);
    int in = x.shape().imageElements();
    int out = gradY.shape().imageElements();
    Chunks chunks = Chunks.flat(x.shape().n());
    for (int i = 0; i < in; i++) {
      int input = i;
      for (int o = 0; o < out; o++) {
        int output = o;
        set(
            gradWeight,
            (long) i * out + o,
            chunked(
                chunks,
                (n, zero, acc) ->
                    Fma.of(
                        get(x.data(), (long) n * in + input),
                        get(gradY.data(), (long) n * out + output),
                        acc)));
      }
    }
    for (int o = 0; o < out; o++) {
      int output = o;
      set(
          gradBias,
          o,
          chunked(chunks, (n, zero, acc) -> acc + get(gradY.data(), (long) n * out + output)));
    }
  }

  // ---- normalisation ----

  @Override
  public void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y) {
    OperandChecks.channels(x, y, scale, shift);
    eachChannelElement(
        x, (i, c) -> set(y.data(), i, Fma.of(get(x.data(), i), get(scale, c), get(shift, c))));
  }

  @Override
  public void batchNormStatistics(Tensor x, Buffer mean, Buffer variance) {
    OperandChecks.channels(x, x, mean, variance);
    Shape s = x.shape();
    Chunks chunks = Chunks.ofPositions(s);
    float count = (float) ((long) s.n() * s.positions());
    channelSums(x, chunks, mean);
    for (int c = 0; c < s.c(); c++) {
      int channel = c;
      float m = get(mean, c) / count;
      set(mean, c, m);
      float squares =
          chunked(
              chunks,
              (row, w, acc) -> {
                float d = get(x.data(), ((long) row * s.w() + w) * s.c() + channel) - m;
                return Fma.of(d, d, acc);
              });
      set(variance, c, squares / count);
    }
  }

  @Override
  public void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    OperandChecks.channels(x, y, mean, variance, gamma, beta);
    eachChannelElement(
        x,
        (i, c) -> {
          float normalised = (get(x.data(), i) - get(mean, c)) * inverseDeviation(get(variance, c));
          set(y.data(), i, Fma.of(normalised, get(gamma, c), get(beta, c)));
        });
  }

  @Override
  public void batchNormBackward(
      Tensor x,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX) {
    OperandChecks.channels(x, gradY, mean, variance, gamma, gradGamma, gradBeta);
    OperandChecks.channels(x, gradX);
    Shape s = x.shape();
    Chunks chunks = Chunks.ofPositions(s);
    channelSums(gradY, chunks, gradBeta);
    for (int c = 0; c < s.c(); c++) {
      int channel = c;
      float m = get(mean, c);
      float inverse = inverseDeviation(get(variance, c));
      set(
          gradGamma,
          c,
          chunked(
              chunks,
              (row, w, acc) -> {
                long i = ((long) row * s.w() + w) * s.c() + channel;
                return Fma.of(get(gradY.data(), i), (get(x.data(), i) - m) * inverse, acc);
              }));
    }
    float count = (float) ((long) s.n() * s.positions());
    eachChannelElement(
        x,
        (i, c) -> {
          float inverse = inverseDeviation(get(variance, c));
          float factor = get(gamma, c) * inverse;
          float g = get(gradY.data(), i);
          if (!frozen) {
            float normalised = (get(x.data(), i) - get(mean, c)) * inverse;
            float meanGradient = get(gradBeta, c) / count;
            float meanProduct = get(gradGamma, c) / count;
            g = Fma.of(-normalised, meanProduct, g - meanGradient);
          }
          set(gradX.data(), i, factor * g);
        });
  }

  @Override
  public void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance) {
    OperandChecks.update(mean, variance, count, runningMean, runningVariance);
    float unbiased = (float) ((double) count / (double) (count - 1));
    for (int c = 0; c < runningMean.length(); c++) {
      float m = get(runningMean, c);
      float v = get(runningVariance, c);
      set(runningMean, c, Fma.of(momentum, get(mean, c) - m, m));
      set(runningVariance, c, Fma.of(momentum, get(variance, c) * unbiased - v, v));
    }
  }

  /** 1 / sqrt(variance + 1e-5), each step rounded to binary32. */
  static float inverseDeviation(float variance) {
    return 1.0f / (float) Math.sqrt(variance + 1e-5f);
  }

  // ---- elementwise and pooling ----

  @Override
  public void reluForward(Tensor x, Tensor y) {
    OperandChecks.channels(x, y);
    for (long i = 0; i < x.shape().elements(); i++) {
      float v = get(x.data(), i);
      set(y.data(), i, v > 0.0f || v != v ? v : 0.0f);
    }
  }

  @Override
  public void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {
    OperandChecks.channels(y, gradY);
    OperandChecks.channels(y, gradX);
    for (long i = 0; i < y.shape().elements(); i++) {
      set(gradX.data(), i, get(y.data(), i) > 0.0f ? get(gradY.data(), i) : 0.0f);
    }
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    OperandChecks.channels(a, b);
    OperandChecks.channels(a, y);
    for (long i = 0; i < a.shape().elements(); i++) {
      set(y.data(), i, get(a.data(), i) + get(b.data(), i));
    }
  }

  @Override
  public void maxPoolForward(Tensor x, Window window, Tensor y) {
    OperandChecks.pool(x, window, y);
    eachWindow(x, window, y, (winner, o) -> set(y.data(), o, get(x.data(), winner)));
  }

  @Override
  public void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {
    OperandChecks.pool(x, window, gradY);
    OperandChecks.channels(x, gradX);
    for (long i = 0; i < gradX.shape().elements(); i++) {
      set(gradX.data(), i, 0.0f);
    }
    eachWindow(
        x,
        window,
        gradY,
        (winner, o) -> set(gradX.data(), winner, get(gradX.data(), winner) + get(gradY.data(), o)));
  }

  @Override
  public void averagePoolForward(Tensor x, Tensor y) {
    OperandChecks.averagePool(x, y);
    Shape s = x.shape();
    for (int n = 0; n < s.n(); n++) {
      for (int c = 0; c < s.c(); c++) {
        float acc = 0.0f;
        for (int i = 0; i < s.positions(); i++) {
          acc = acc + get(x.data(), ((long) n * s.positions() + i) * s.c() + c);
        }
        set(y.data(), (long) n * s.c() + c, acc / (float) s.positions());
      }
    }
  }

  @Override
  public void averagePoolBackward(Tensor gradY, Tensor gradX) {
    OperandChecks.averagePool(gradX, gradY);
    Shape s = gradX.shape();
    eachChannelElement(
        gradX,
        (i, c) -> {
          long n = i / s.imageElements();
          set(gradX.data(), i, get(gradY.data(), n * s.c() + c) / (float) s.positions());
        });
  }

  // ---- loss and optimisers ----

  @Override
  public void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    float[] losses = softmaxLosses(logits, labels, loss, gradLogits);
    set(loss, 0, mean(losses));
  }

  @Override
  public void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    OperandChecks.weights(weights, logits.shape());
    float[] losses = softmaxLosses(logits, labels, loss, gradLogits);
    int k = logits.shape().imageElements();
    for (int n = 0; n < losses.length; n++) {
      float weight = get(weights, n);
      losses[n] = weight * losses[n];
      for (int j = 0; j < k; j++) {
        long i = (long) n * k + j;
        set(gradLogits.data(), i, weight * get(gradLogits.data(), i));
      }
    }
    set(loss, 0, mean(losses));
  }

  private static float mean(float[] losses) {
    float inverseCount = (float) (1.0 / losses.length);
    return chunked(Chunks.flat(losses.length), (n, zero, acc) -> acc + losses[n]) * inverseCount;
  }

  /** The loss of each sample, and the gradient of their mean. */
  private static float[] softmaxLosses(
      Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    OperandChecks.loss(logits, labels, loss, gradLogits);
    OperandChecks.labels(labels, logits.shape());
    int count = logits.shape().n();
    int k = logits.shape().imageElements();
    float inverseCount = (float) (1.0 / count);
    float[] losses = new float[count];
    float[] e = new float[k];
    for (int n = 0; n < count; n++) {
      long z = (long) n * k;
      float max = get(logits.data(), z);
      for (int j = 1; j < k; j++) {
        float v = get(logits.data(), z + j);
        max = v > max || (v != v && max == max) ? v : max;
      }
      float sum = 0.0f;
      for (int j = 0; j < k; j++) {
        e[j] = OrderedMath.exp(get(logits.data(), z + j) - max);
        sum = sum + e[j];
      }
      int label = labels.memory().getAtIndex(ValueLayout.JAVA_INT, n);
      losses[n] = OrderedMath.log(sum) - (get(logits.data(), z + label) - max);
      for (int j = 0; j < k; j++) {
        float indicator = j == label ? 1.0f : 0.0f;
        set(gradLogits.data(), z + j, (e[j] / sum - indicator) * inverseCount);
      }
    }
    return losses;
  }

  @Override
  public void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    OperandChecks.sigmoidLoss(logits, labels, loss, gradLogits);
    int count = logits.shape().n();
    int k = logits.shape().imageElements();
    float inverseCount = (float) (1.0 / ((double) count * k));
    float[] losses = new float[count];
    for (int n = 0; n < count; n++) {
      float sum = 0.0f;
      for (int j = 0; j < k; j++) {
        long i = (long) n * k + j;
        float z = get(logits.data(), i);
        boolean positive = labels.memory().getAtIndex(ValueLayout.JAVA_INT, i) != 0;
        float e = OrderedMath.exp(-Math.abs(z));
        float t = 1.0f + e;
        float raised = z > 0.0f ? z : 0.0f;
        sum = sum + ((raised - (positive ? z : 0.0f)) + OrderedMath.log(t));
        float score = (z >= 0.0f ? 1.0f : e) / t;
        set(gradLogits.data(), i, (score - (positive ? 1.0f : 0.0f)) * inverseCount);
      }
      losses[n] = sum;
    }
    set(loss, 0, chunked(Chunks.flat(count), (n, zero, acc) -> acc + losses[n]) * inverseCount);
  }

  @Override
  public long countNonFinite(Buffer values) {
    long count = 0;
    for (long i = 0; i < values.length(); i++) {
      count += Float.isFinite(get(values, i)) ? 0 : 1;
    }
    return count;
  }

  @Override
  public void sgdStep(
      Buffer parameter,
      Buffer gradient,
      Buffer velocity,
      float learningRate,
      float momentum,
      float weightDecay) {
    OperandChecks.sameLength(parameter, gradient, velocity);
    for (long i = 0; i < parameter.length(); i++) {
      float p = get(parameter, i);
      float d = Fma.of(weightDecay, p, get(gradient, i));
      float v = Fma.of(momentum, get(velocity, i), d);
      set(velocity, i, v);
      set(parameter, i, Fma.of(-learningRate, v, p));
    }
  }

  @Override
  public void adamStep(
      Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep constants) {
    OperandChecks.sameLength(parameter, gradient, first, second);
    for (long i = 0; i < parameter.length(); i++) {
      float p = get(parameter, i);
      float d = Fma.of(constants.weightDecay(), p, get(gradient, i));
      float m = Fma.of(constants.beta1(), get(first, i), constants.oneMinusBeta1() * d);
      float v = Fma.of(constants.beta2(), get(second, i), constants.oneMinusBeta2() * (d * d));
      set(first, i, m);
      set(second, i, v);
      float root = Fma.of((float) Math.sqrt(v), constants.correction(), constants.epsilon());
      set(parameter, i, Fma.of(-constants.rate(), m / root, p));
    }
  }

  @Override
  public void close() {
    if (turn.end()) {
      arena.close();
    }
  }

  // ---- the long reduction: ascending chains in chunks, then the tree of adjacent pairs ----

  @FunctionalInterface
  private interface Term {
    float addTo(int row, int position, float acc);
  }

  private static float chunked(Chunks chunks, Term term) {
    float[] sums = new float[chunks.count()];
    for (int chunk = 0; chunk < sums.length; chunk++) {
      float acc = 0.0f;
      for (int row = chunks.begin(chunk); row < chunks.end(chunk); row++) {
        for (int position = 0; position < chunks.rowPositions(); position++) {
          acc = term.addTo(row, position, acc);
        }
      }
      sums[chunk] = acc;
    }
    int count = sums.length;
    while (count > 1) {
      for (int i = 0; i < count / 2; i++) {
        sums[i] = sums[2 * i] + sums[2 * i + 1];
      }
      if (count % 2 == 1) {
        sums[count / 2] = sums[count - 1];
      }
      count = (count + 1) / 2;
    }
    return sums[0];
  }

  private static void channelSums(Tensor x, Chunks chunks, Buffer sums) {
    Shape s = x.shape();
    for (int c = 0; c < s.c(); c++) {
      int channel = c;
      set(
          sums,
          c,
          chunked(
              chunks,
              (row, w, acc) -> acc + get(x.data(), ((long) row * s.w() + w) * s.c() + channel)));
    }
  }

  // ---- access ----

  @FunctionalInterface
  private interface Visit {
    void at(long index, int other);
  }

  @FunctionalInterface
  private interface WindowVisit {
    void at(long winner, long output);
  }

  private static void eachChannelElement(Tensor x, Visit visit) {
    int channels = x.shape().c();
    for (long i = 0; i < x.shape().elements(); i++) {
      visit.at(i, (int) (i % channels));
    }
  }

  private static void eachWindow(Tensor x, Window window, Tensor y, WindowVisit visit) {
    Shape in = x.shape();
    Shape out = y.shape();
    for (long o = 0; o < out.elements(); o++) {
      int c = (int) (o % out.c());
      long position = o / out.c();
      int ow = (int) (position % out.w());
      int oh = (int) (position / out.w() % out.h());
      int od = (int) (position / out.w() / out.h() % out.d());
      int n = (int) (position / out.positions());
      int stride = window.stride();
      long winner = index(in, n, od * stride, oh * stride, ow * stride, c);
      for (int kd = 0; kd < window.kd(); kd++) {
        for (int kh = 0; kh < window.kh(); kh++) {
          for (int kw = 0; kw < window.kw(); kw++) {
            long i = index(in, n, od * stride + kd, oh * stride + kh, ow * stride + kw, c);
            float v = get(x.data(), i);
            float best = get(x.data(), winner);
            if (v > best || (v != v && best == best)) {
              winner = i;
            }
          }
        }
      }
      visit.at(winner, o);
    }
  }

  private static float pixel(Tensor x, int n, int d, int h, int w, int c) {
    Shape s = x.shape();
    return inside(s, d, h, w) ? get(x.data(), index(s, n, d, h, w, c)) : 0.0f;
  }

  private static boolean inside(Shape s, int d, int h, int w) {
    return d >= 0 && d < s.d() && h >= 0 && h < s.h() && w >= 0 && w < s.w();
  }

  private static long index(Shape s, int n, int d, int h, int w, int c) {
    return ((((long) n * s.d() + d) * s.h() + h) * s.w() + w) * s.c() + c;
  }

  /** A copy, for the loops of the re-check: access to a segment is slow until it is compiled. */
  private static float[] array(Buffer buffer) {
    return buffer.memory().toArray(ValueLayout.JAVA_FLOAT);
  }

  private static float get(Buffer buffer, long index) {
    return buffer.memory().getAtIndex(ValueLayout.JAVA_FLOAT, index);
  }

  private static void set(Buffer buffer, long index, float value) {
    buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
  }
}
