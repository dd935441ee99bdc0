// SPDX-License-Identifier: Apache-2.0
/**
 * Certificates: what is claimed of a model and its data, in the formats of in-toto, SLSA and
 * OpenSSF model signing (docs/certificate.md). Every claim that verification recomputes is computed
 * here from the two files, for the signer and for the verifier alike.
 */
package dev.unerring.certificate;
