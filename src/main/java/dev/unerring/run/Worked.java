// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.EndedBy;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Labels;
import dev.unerring.report.Machine;
import dev.unerring.train.TrainingResult;
import java.util.List;
import java.util.Optional;

/**
 * What training and correction left; the model is saved and its backend is closed.
 *
 * @param machine where it was computed
 * @param parameters number of trained values
 * @param training what training did
 * @param bestSaved whether the model of the best epoch is saved
 * @param found training errors before correction; empty where a stop left no time to count them
 * @param goals labels that correction drives to
 * @param corrections what each corrector did; empty where none was needed or allowed
 * @param corrected whether the model is another one than before correction
 * @param stop why a correction that was needed was stopped from outside
 * @param left training errors after correction; empty as {@code found}
 * @param weightsSha256 hash of the saved tensors
 * @param patches number of patches of the saved model
 */
record Worked(
    Machine machine,
    long parameters,
    TrainingResult training,
    boolean bestSaved,
    Optional<ErrorList> found,
    Labels goals,
    List<CorrectionResult> corrections,
    boolean corrected,
    Optional<EndedBy> stop,
    Optional<ErrorList> left,
    String weightsSha256,
    int patches) {}
