// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.VerificationException;
import dev.unerring.certify.Recheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What only the signer of a certificate knows of a run; no paths, which say who and where. */
public final class SignerFacts {
  private static final List<String> OF_THE_RUN =
      List.of(
          "data",
          "epochs",
          "trainSteps",
          "trainErrorsAfterTraining",
          "correctionRounds",
          "correctionSteps",
          "corrections",
          "endedBy",
          "version",
          "parent");

  private static final List<String> OF_THE_ENVIRONMENT =
      List.of(
          "unerring",
          "java",
          "os",
          "processor",
          "processors",
          "device",
          "kernels",
          "arithmetic",
          "precision",
          "threads",
          "librarySha256",
          "gpu",
          "computeCapability",
          "cudaDriver",
          "cudaRuntime");

  private static final String LEDGER = "ledgerHead";

  private SignerFacts() {}

  /**
   * The facts of a run whose model was counted again.
   *
   * @throws VerificationException where its result.json is of another model or another count
   */
  public static Map<String, Object> of(TrainedRun run, Recheck counted) {
    String weights = run.report().weightsSha256();
    if (!counted.weightsSha256().equals(weights)) {
      throw new VerificationException(
          run.model()
              + " is not the model of this run: its weightsSha256 is "
              + counted.weightsSha256()
              + ", in result.json "
              + weights
              + "; put the right files back, or train again");
    }
    run.requireErrors(counted.train().errors().count());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("environment", some(run.folder().object("environment.json"), OF_THE_ENVIRONMENT));
    facts.put("labelNames", run.labelNames());
    facts.put("plan", run.folder().json(Pipeline.PLAN));
    facts.put("run", some(run.report().toJson(), OF_THE_RUN));
    if (run.report().others().get(LEDGER) instanceof String head) {
      facts.put(LEDGER, head);
    }
    return facts;
  }

  private static Map<String, Object> some(Map<?, ?> json, List<String> keys) {
    Map<String, Object> some = new LinkedHashMap<>();
    keys.stream().filter(json::containsKey).forEach(key -> some.put(key, json.get(key)));
    return some;
  }
}
