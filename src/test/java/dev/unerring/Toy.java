package dev.unerring;

import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Small sets in memory and a run on them that takes a second. */
final class Toy {
  static final ImageShape SHAPE = ImageShape.of(28, 28, 1);
  static final TestData TRAIN = TestData.generated(40, 2, 0);
  static final TestData VAL = TestData.generated(20, 2, 1).contrary(2);
  static final TestData TEST = TestData.generated(10, 2, 2);

  private Toy() {}

  static Data data() {
    return Data.of("toy", SHAPE, List.of("upper", "lower"))
        .train(TRAIN.images(), TRAIN.labels())
        .val(VAL.images(), VAL.labels())
        .test(TEST.images(), TEST.labels());
  }

  /** Labels that a network cannot learn in one epoch. */
  static Data hard() {
    TestData train = TestData.generated(60, 2, 0).contrary(2);
    return data().train(train.images(), train.labels());
  }

  static Training training(Data data, Path out) {
    Device device = TestBackends.kernels() ? Device.CPU : Device.REFERENCE;
    return Unerring.train(data).out(out).device(device, 2);
  }

  static Image image(TestData set, int n) {
    return Image.of(
        SHAPE, Arrays.copyOfRange(set.images(), n * TestData.IMAGE, (n + 1) * TestData.IMAGE));
  }
}
