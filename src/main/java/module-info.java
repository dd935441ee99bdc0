// SPDX-License-Identifier: Apache-2.0
/** Trains an image classifier until it makes no error on its training set, and proves it. */
module dev.unerring {
  requires jdk.management;
  requires static transitive java.desktop;
  requires java.net.http;
  requires static info.picocli;

  exports dev.unerring;

  opens dev.unerring.cli to
      info.picocli;
}
