/** Trains an image classifier until it makes no error on its training set, and proves it. */
module dev.unerring {
  requires jdk.management;
  requires java.desktop;
  requires java.net.http;
  requires static info.picocli;

  exports dev.unerring.backend;
  exports dev.unerring.backend.cuda;
  exports dev.unerring.base;
  exports dev.unerring.certify;
  exports dev.unerring.correct;
  exports dev.unerring.dataset;
  exports dev.unerring.errors;
  exports dev.unerring.images;
  exports dev.unerring.fetch;
  exports dev.unerring.network;
  exports dev.unerring.run;
  exports dev.unerring.tensor;
  exports dev.unerring.train;

  opens dev.unerring.cli to
      info.picocli;
}
