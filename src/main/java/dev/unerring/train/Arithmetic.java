package dev.unerring.train;

import dev.unerring.base.UsageException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** In which arithmetic a run trains: a choice of the plan, never derived from the hardware. */
public enum Arithmetic {
  /** The order of docs/arithmetic.md: the same bits on every device. */
  ORDERED,
  /** NVIDIA's cuDNN and cuBLAS: the same bits on the same GPU architecture and libraries only. */
  CUDNN;

  /** Name in plans and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The arithmetic with this label; UsageException naming {@code what} where there is none. */
  public static Arithmetic parse(String label, String what) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new UsageException(
                what
                    + " is "
                    + Arrays.stream(values())
                        .map(Arithmetic::label)
                        .collect(Collectors.joining(" or "))
                    + ", not '"
                    + label
                    + "'"));
  }
}
