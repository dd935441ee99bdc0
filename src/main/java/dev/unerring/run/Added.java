// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.NewSamples;
import java.nio.file.Path;

/** Where samples that were found later come from. */
public interface Added {
  /**
   * Reads them.
   *
   * @param model that they are for
   * @param folder an existing folder that may be written; nothing is left there
   * @return the samples, which the caller closes
   * @throws dev.unerring.UnerringException where they cannot be used
   */
  NewSamples open(TrainedModel model, Path folder, WorkMonitor monitor);
}
