/** Trains an image classifier until it makes no error on its training set, and proves it. */
module dev.unerring {
  requires jdk.management;
  requires static transitive java.desktop;
  requires java.net.http;
  requires static info.picocli;

  exports dev.unerring;
  exports dev.unerring.base;

  opens dev.unerring.cli to
      info.picocli;
}
