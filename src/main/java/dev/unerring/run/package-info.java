// SPDX-License-Identifier: Apache-2.0
/**
 * The pipeline as one call: audit, train, correct, re-check, and the run folder it leaves. For the
 * command line and for applications that embed the engine: it prints nothing, ends no JVM and reads
 * no clock but the one it is given.
 */
package dev.unerring.run;
