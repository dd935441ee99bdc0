// SPDX-License-Identifier: Apache-2.0
package dev.unerring.verify;

import dev.unerring.certify.Recheck;

/**
 * What a successful verification of a model counted.
 *
 * @param recheck the counts, and how many training samples the definition computed again
 * @param records whether the verdicts were there, so that the Merkle root was checked
 */
public record Verification(Recheck recheck, boolean records) {}
