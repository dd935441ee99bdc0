package dev.unerring.run;

import dev.unerring.base.WorkMonitor;
import dev.unerring.dataset.NewSamples;
import java.nio.file.Path;

/** Where samples that were found later come from. */
public interface Added {
  /**
   * Reads them.
   *
   * @param model that they are for
   * @param folder an existing folder that may be written; nothing is left there
   * @return the samples, which the caller closes
   * @throws dev.unerring.base.UnerringException where they cannot be used
   */
  NewSamples open(TrainedModel model, Path folder, WorkMonitor monitor);
}
