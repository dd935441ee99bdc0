// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.data.DatasetManifest;
import dev.unerring.data.Fit;
import dev.unerring.ffi.KernelSet;
import dev.unerring.network.Architectures;
import dev.unerring.run.Device;
import dev.unerring.train.CorrectionPlan.Method;
import java.util.Iterator;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The values of options that take one of a list, for completion: a class each, as picocli asks. */
abstract class Choices implements Iterable<String> {
  private final Supplier<Stream<String>> values;

  /** Takes the list as a supplier: the parser makes all of these at every start. */
  private Choices(Supplier<Stream<String>> values) {
    this.values = values;
  }

  @Override
  public Iterator<String> iterator() {
    return values.get().iterator();
  }

  static final class Devices extends Choices {
    Devices() {
      super(() -> Device.NAMES.stream());
    }
  }

  static final class Kernels extends Choices {
    Kernels() {
      super(() ->
          Stream.concat(Stream.of("auto"), Stream.of(KernelSet.values()).map(KernelSet::label)));
    }
  }

  /** What a model is exported to. */
  static final class Exports extends Choices {
    Exports() {
      super(() -> Stream.of("onnx", "pytorch", "model-card"));
    }
  }

  /** Types of pixel values of an exported model. */
  static final class Inputs extends Choices {
    Inputs() {
      super(() -> Stream.of("uint8", "float32"));
    }
  }

  /** Of the d-n-K networks the usual one. */
  static final class Networks extends Choices {
    Networks() {
      super(() ->
          Stream.of(
                  Stream.of(Architectures.AUTO),
                  Architectures.names().stream(),
                  Stream.of(Architectures.DENG + "100"))
              .flatMap(names -> names));
    }
  }

  static final class Correctors extends Choices {
    Correctors() {
      super(() -> Stream.of(Method.values()).map(Method::label));
    }
  }

  /** What can correct a finished run. */
  static final class LaterCorrectors extends Choices {
    LaterCorrectors() {
      super(() -> CorrectCommand.LATER.stream().map(Method::label));
    }
  }

  static final class Recipes extends Choices {
    Recipes() {
      super(() -> Stream.of("unerring", "medmnist"));
    }
  }

  static final class Presets extends Choices {
    Presets() {
      super(() -> Stream.of("deng-2023"));
    }
  }

  static final class Arithmetics extends Choices {
    Arithmetics() {
      super(() -> Stream.of("ordered", "integer", "cudnn"));
    }
  }

  static final class Precisions extends Choices {
    Precisions() {
      super(() -> Stream.of("fp32", "tf32", "bf16"));
    }
  }

  static final class Formats extends Choices {
    Formats() {
      super(() -> Stream.of("csv", "json"));
    }
  }

  static final class Fits extends Choices {
    Fits() {
      super(() -> Stream.of(Fit.values()).map(Fit::word));
    }
  }

  static final class Channels extends Choices {
    Channels() {
      super(() -> Stream.of("1", "3", "auto"));
    }
  }

  static final class Shells extends Choices {
    Shells() {
      super(() -> CompletionCommand.SHELLS.stream());
    }
  }

  static final class Sizes extends Choices {
    Sizes() {
      super(() -> Stream.of("28", "64", "128", "224"));
    }
  }

  /** The published sets. */
  static final class Published extends Choices {
    Published() {
      super(() -> DatasetManifest.flags().stream());
    }
  }

  /** The published sets and the demo set. */
  static final class Known extends Choices {
    Known() {
      super(() -> Stream.concat(DatasetManifest.flags().stream(), Stream.of(DatasetManifest.DEMO)));
    }
  }
}
