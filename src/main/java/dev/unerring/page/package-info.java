// SPDX-License-Identifier: Apache-2.0
/** Pages of HTML that show a run, several runs, or a data set, from the records and the files. */
package dev.unerring.page;
