// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Predictions come once, in order, whatever the one who takes them does. */
class PredictorTest extends LaterCorrectionCase {
  @Test
  void aSinkThatThrowsGetsNoPredictionTwiceAndLosesNone() {
    TrainedModel run = TrainedRun.open(first).trained(Optional.empty());
    try (Dataset set = Dataset.open(data);
        Backend backend = device.open()) {
      Network network = run.network(backend, 5);
      List<Prediction> plain = new ArrayList<>();
      Predictor calm = new Predictor(run, network, plain::add);
      for (int i = 0; i < OLD; i++) {
        calm.add(data, set.train(), i);
      }
      calm.finish();
      assertEquals(IntStream.range(0, OLD).boxed().toList(), indices(plain));

      for (int every = 1; every <= 4; every++) {
        int bad = every;
        List<Prediction> taken = new ArrayList<>();
        Predictor predictor =
            new Predictor(
                run,
                network,
                each -> {
                  taken.add(each);
                  if (each.index() % bad == 0) {
                    throw new IllegalStateException("the sink");
                  }
                });
        int thrown = 0;
        for (int i = 0; i < OLD; i++) {
          int index = i;
          try {
            predictor.add(data, set.train(), index);
          } catch (IllegalStateException e) {
            thrown++;
          }
        }
        for (boolean done = false; !done; ) {
          try {
            predictor.finish();
            done = true;
          } catch (IllegalStateException e) {
            thrown++;
          }
        }
        assertEquals(Math.ceilDiv(OLD, bad), thrown);
        assertEquals(plain, taken, "every " + bad);
      }
    }
  }

  @Test
  void aBatchThatCannotBePredictedIsGivenUp() {
    TrainedModel run = TrainedRun.open(first).trained(Optional.empty());
    try (Dataset set = Dataset.open(data);
        Backend backend = device.open()) {
      Network network = run.network(backend, 2);
      List<Prediction> taken = new ArrayList<>();
      Predictor predictor = new Predictor(run, network, taken::add);
      float[] values = new float[Math.toIntExact(network.parameterCount())];
      var host = java.lang.foreign.MemorySegment.ofArray(values);
      backend.download(network.values(), host);
      backend.fill(network.values(), Float.NaN);
      predictor.add(data, set.train(), 0);
      assertThrows(RuntimeException.class, () -> predictor.add(data, set.train(), 1));
      backend.upload(host, network.values());
      predictor.add(data, set.train(), 2);
      predictor.add(data, set.train(), 3);
      assertEquals(List.of(2, 3), indices(taken));
    }
  }

  private static List<Integer> indices(List<Prediction> predictions) {
    return predictions.stream().map(Prediction::index).toList();
  }
}
