/** Three programs that embed the engine; they run on the class path as well. */
module examples {
  requires dev.unerring;
  requires java.desktop; // for pictures
}
