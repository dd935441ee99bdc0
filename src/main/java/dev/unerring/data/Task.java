// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;

/** What the labels of a data set ask for. */
public enum Task {
  /** One label of two classes. */
  BINARY("binary-class"),
  /** One label of several classes. */
  MULTI_CLASS("multi-class"),
  /** One label of several classes with an order; counted like MULTI_CLASS. */
  ORDINAL("ordinal-regression"),
  /** Several labels of 0 or 1 for each sample. */
  MULTI_LABEL("multi-label, binary-class");

  private final String manifestName;

  Task(String manifestName) {
    this.manifestName = manifestName;
  }

  /** The official name, as in the manifests. */
  public String manifestName() {
    return manifestName;
  }

  /** The task with the official name {@code name}; DataException when there is none. */
  public static Task fromManifest(String name) {
    for (Task task : values()) {
      if (task.manifestName.equals(name)) {
        return task;
      }
    }
    throw new DataException("\"" + name + "\" is not a task of MedMNIST");
  }
}
