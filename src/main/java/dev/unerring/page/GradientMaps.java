// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.data.Split;
import dev.unerring.errors.Misclassification;
import dev.unerring.network.Architectures;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Which pixels moved a wrong answer: the gradient of the predicted logit less the given one (of the
 * label's logit in multi-label sets) with respect to the pixels, as a picture in which bright means
 * much. It shows what the layers look at, not why they are wrong.
 */
final class GradientMaps {
  private GradientMaps() {}

  /** Whether there are any: the networks that scale each image by itself have none. */
  static boolean has(Network network) {
    return !Architectures.isDeng(network.architecture());
  }

  /** One map an error, in the same order. */
  static List<Picture> of(Network network, Split split, List<Misclassification> errors) {
    Shape image = network.image();
    List<Picture> maps = new ArrayList<>();
    int classes = network.classes();
    for (int first = 0; first < errors.size(); first += network.batch()) {
      List<Misclassification> some =
          errors.subList(first, Math.min(errors.size(), first + network.batch()));
      float[] pixels = new float[some.size() * image.imageElements()];
      float[] towards = new float[some.size() * classes];
      for (int n = 0; n < some.size(); n++) {
        Misclassification error = some.get(n);
        split.copyImage(error.sampleIndex(), pixels, n * image.imageElements());
        boolean single = split.labelCount() == 1;
        towards[n * classes + (single ? error.predictedLabel() : error.column())] += 1;
        if (single) {
          towards[n * classes + error.givenLabel()] -= 1;
        }
      }
      network.forward(MemorySegment.ofArray(pixels), some.size(), Mode.RUNNING_STATISTICS);
      network
          .backend()
          .upload(MemorySegment.ofArray(towards), network.gradLogits(some.size()).data());
      MemorySegment gradients = MemorySegment.ofArray(pixels);
      network.backend().download(network.inputGradients(some.size()).data(), gradients);
      for (int n = 0; n < some.size(); n++) {
        maps.add(map(pixels, n * image.imageElements(), image));
      }
    }
    return maps;
  }

  /** Absolute values, channels added, the largest white; roots, so that more is seen. */
  private static Picture map(float[] gradients, int from, Shape image) {
    float[] strength = new float[image.positions()];
    float largest = 0;
    for (int i = 0; i < image.imageElements(); i++) {
      float each = Math.abs(gradients[from + i]);
      strength[i / image.c()] += Float.isFinite(each) ? each : 0;
      largest = Math.max(largest, strength[i / image.c()]);
    }
    for (int i = 0; i < strength.length; i++) {
      strength[i] = largest == 0 ? 0 : (float) (255 * Math.sqrt(strength[i] / largest));
    }
    return Picture.of(strength, image.withC(1));
  }
}
