// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.Json;
import dev.unerring.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A plan survives its JSON unchanged, its canonical text is fixed, and what is unknown, of a wrong
 * type or out of range is refused by name.
 */
class TrainingPlanTest {
  private static final TrainingPlan OTHER =
      TrainingPlan.standard()
          .with(c -> {
            c.architecture = "small";
            c.seed = -9_007_199_254_740_992L;
            c.epochs = 7;
            c.batchSize = 33;
            c.learningRate = new LearningRate(1.0 / 3, List.of(0.25, 2.0 / 3), 0.3);
            c.weightDecay = 1e-5;
            c.batchNormMomentum = 1;
            c.primeTo = 0.05;
            c.stopAtFloor = false;
            c.correction =
                new CorrectionPlan(
                    CorrectionPlan.Method.NONE, 3, 2, 0.1, 0x1p-20, 12, 3, 0.1 + 0.2);
            c.patience = 0;
          });

  @Test
  void roundTrip() {
    for (TrainingPlan plan : new TrainingPlan[] {TrainingPlan.standard(), OTHER}) {
      for (Arithmetic arithmetic : Arithmetic.values()) {
        TrainingPlan each = plan.with(c -> c.arithmetic = arithmetic);
        assertEquals(each, read(Json.canonical(each.toJson())));
        assertEquals(each, read(Json.pretty(each.toJson())));
      }
    }
  }

  @Test
  void theCanonicalTextIsFixed() {
    assertEquals(
        "{\"architecture\":\"small\",\"arithmetic\":\"ordered\",\"batchNormMomentum\":1,\"batchSize\":33,\"correction\":"
            + "{\"corrector\":\"none\",\"firstStep\":0.1,\"focusRounds\":3,\"focusWeight\":2,\"learningRate\":0.30000000000000004,"
            + "\"sessions\":12,\"smallestStep\":9.5367431640625e-7,\"sweeps\":3},"
            + "\"dropAt\":[0.25,0.6666666666666666],\"dropFactor\":0.3,\"epochs\":7,"
            + "\"learningRate\":0.3333333333333333,\"patience\":0,\"primeTo\":0.05,\"schema\":1,"
            + "\"seed\":-9007199254740992,\"stopAtFloor\":false,\"weightDecay\":0.00001}",
        Json.canonical(OTHER.toJson()));
  }

  @Test
  void everyDefaultIsWrittenOutAndAbsentKeysTakeIt() {
    assertEquals(TrainingPlan.standard(), read("{}"));
    assertEquals(TrainingPlan.standard(), read("{\"correction\":{}}"));
    assertEquals(7, read("{\"epochs\":7}").epochs());
    assertEquals(15, TrainingPlan.standard().toJson().size());
    assertEquals(8, ((Map<?, ?>) TrainingPlan.standard().toJson().get("correction")).size());
  }

  @Test
  void aBudgetOfZeroIsWrongUsage() {
    CorrectionPlan d = CorrectionPlan.standard();
    UsageException refusal =
        assertThrows(
            UsageException.class,
            () ->
                new CorrectionPlan(
                    d.method(), 0, 1, d.firstStep(), d.smallestStep(), 1, 1, d.learningRate()));
    assertTrue(refusal.getMessage().contains("focusRounds is 1 to 100000, not 0"));
  }

  @Test
  void whatIsOpenGoesByTheImages() {
    TrainingPlan flat = TrainingPlan.standard().resolved(Shape.image2d(28, 28, 1));
    assertEquals("small", flat.architecture());
    assertEquals(128, flat.batchSize());
    TrainingPlan deep = TrainingPlan.standard().resolved(new Shape(1, 28, 28, 28, 1));
    assertEquals("small3d", deep.architecture());
    assertEquals(32, deep.batchSize());
    assertEquals(OTHER, OTHER.resolved(Shape.image2d(64, 64, 3)), "what is said stays");
  }

  @Test
  void theOfficialRateDropsAfterHalfAndThreeQuarters() {
    LearningRate rate = TrainingPlan.medmnist().learningRate();
    assertEquals(1e-3, rate.at(1, 100));
    assertEquals(1e-3, rate.at(50, 100));
    assertEquals(1e-4, rate.at(51, 100), 1e-19);
    assertEquals(1e-4, rate.at(75, 100), 1e-19);
    assertEquals(1e-5, rate.at(76, 100), 1e-20);
    assertEquals(1e-3, LearningRate.constant(1e-3).at(1000, 1000));
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    return Stream.of(
        refused("[]", "a plan is a JSON object"),
        refused("{\"epoch\":3}", "unknown key 'epoch'"),
        refused("{\"correction\":{\"dt\":1}}", "unknown key 'correction.dt'"),
        refused("{\"correction\":3}", "the plan's 'correction' is not a JSON object"),
        refused("{\"dropAt\":0.5}", "'dropAt' is not a list of numbers"),
        refused("{\"dropAt\":[\"a\"]}", "'dropAt[0]' is not a number"),
        refused("{\"dropAt\":[0.7,0.3]}", "dropAt is ascending shares"),
        refused("{\"dropAt\":[1]}", "dropAt is ascending shares"),
        refused("{\"dropFactor\":0}", "dropFactor is above 0, at most 1"),
        refused("{\"stopAtFloor\":1}", "'stopAtFloor' is not true or false"),
        refused("{\"schema\":2}", "schema 1 only"),
        refused("{\"schema\":\"1\"}", "'schema' is not an integer"),
        refused("{\"architecture\":1}", "'architecture' is not a text"),
        refused("{\"architecture\":null}", "'architecture' is not a text"),
        refused("{\"seed\":1.5}", "'seed' is not an integer"),
        refused("{\"seed\":9007199254740993}", "seed is -2^53 to 2^53"),
        refused("{\"seed\":-9223372036854775808}", "seed is -2^53 to 2^53"),
        refused("{\"epochs\":\"3\"}", "'epochs' is not an integer"),
        refused("{\"epochs\":4294967297}", "'epochs' is not a small integer"),
        refused("{\"epochs\":-1}", "epochs is 0 to 1000000, not -1"),
        refused("{\"epochs\":1000001}", "epochs is"),
        refused("{\"batchSize\":1}", "batchSize is 2 to 65536, not 1"),
        refused("{\"batchSize\":65537}", "batchSize is"),
        refused("{\"learningRate\":true}", "'learningRate' is not a number"),
        refused("{\"learningRate\":0}", "learningRate is"),
        refused("{\"learningRate\":10.5}", "learningRate is"),
        refused("{\"weightDecay\":-1e-9}", "weightDecay is"),
        refused("{\"weightDecay\":1.5}", "weightDecay is"),
        refused("{\"batchNormMomentum\":0}", "batchNormMomentum is"),
        refused("{\"batchNormMomentum\":1.1}", "batchNormMomentum is"),
        refused("{\"primeTo\":-0.1}", "primeTo is"),
        refused("{\"primeTo\":1.1}", "primeTo is"),
        refused("{\"patience\":-1}", "patience is 0 to 1000000, not -1"),
        refused("{\"patience\":1.5}", "'patience' is not an integer"),
        refused("{\"correction\":{\"corrector\":\"magic\"}}", "none, not 'magic'"),
        refused("{\"correction\":{\"focusRounds\":0}}", "correction.focusRounds is"),
        refused("{\"correction\":{\"focusWeight\":0}}", "correction.focusWeight is"),
        refused("{\"correction\":{\"focusWeight\":65}}", "correction.focusWeight is"),
        refused("{\"correction\":{\"firstStep\":0}}", "correction.firstStep is"),
        refused("{\"correction\":{\"firstStep\":1.5}}", "correction.firstStep is"),
        refused("{\"correction\":{\"smallestStep\":0}}", "correction.smallestStep is"),
        refused(
            "{\"correction\":{\"firstStep\":0.1,\"smallestStep\":0.2}}",
            "correction.smallestStep is"),
        refused("{\"correction\":{\"sessions\":0}}", "correction.sessions is"),
        refused("{\"correction\":{\"sessions\":100001}}", "correction.sessions is"),
        refused("{\"correction\":{\"sweeps\":0}}", "correction.sweeps is"),
        refused("{\"correction\":{\"learningRate\":0}}", "correction.learningRate is"));
  }

  private static DynamicTest refused(String json, String reason) {
    return DynamicTest.dynamicTest(
        json,
        () -> {
          DataException refusal = assertThrows(DataException.class, () -> read(json));
          assertTrue(refusal.getMessage().startsWith("my plan.json: "), refusal.getMessage());
          assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        });
  }

  private static TrainingPlan read(String json) {
    return TrainingPlan.fromJson(Json.parse(json), "my plan.json");
  }
}
