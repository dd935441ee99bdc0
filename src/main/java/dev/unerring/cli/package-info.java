// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: one small class a verb, output on stdout, messages on stderr, exit codes. It
 * may use every other package and no package may use it; only here are the clock, the console, the
 * exit of the JVM and (through picocli) reflection allowed.
 */
package dev.unerring.cli;
