// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.certificate.Proof;
import dev.unerring.certificate.Statement;
import dev.unerring.certificate.VerifyingKey;
import dev.unerring.verify.ProofImage;
import dev.unerring.verify.Verification;
import dev.unerring.verify.Verifier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring verify}: which claims of a certificate are true, from the files alone. */
@Command(
    name = "verify",
    description = {
      "Counts again from data and model what a certificate claims; ends with 4 and the first false"
          + " claim. With --proof and --image: what a certificate says of one image."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceOptions device;

  @Parameters(
      arity = "0..1",
      paramLabel = "certificate.json",
      description = "The certificate; verdicts.bin beside it is read too.")
  private Path certificate;

  @Option(
      names = "--data",
      paramLabel = "X",
      description = "The certified data: an npz file or a flag.")
  private String data;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder looked through for flags, before ~/.medmnist.")
  private Path root;

  @Option(names = "--model", paramLabel = "Y", description = "The certified model file.")
  private Path model;

  @Option(
      names = "--public-key",
      paramLabel = "KEY.pub.pem",
      description = "The signer's public key: also check who signed.")
  private Path publicKey;

  @Option(
      names = "--proof",
      paramLabel = "P",
      description = "A proof of one sample; needs neither data nor model.")
  private Path proof;

  @Option(
      names = "--image",
      paramLabel = "I",
      description = "The image of --proof: PNG, JPEG, or npz with one image as images or x.")
  private Path image;

  VerifyCommand() {}

  @Override
  public Integer call() {
    if (proof != null || image != null) {
      return proof();
    }
    if (certificate == null) {
      throw new UsageException(
          "verify what? name a certificate.json, or a --proof with an --image");
    }
    Optional<VerifyingKey> key = Optional.ofNullable(publicKey).map(VerifyingKey::read);
    WorkTerminal watch = WorkTerminal.of(spec);
    try {
      Verifier verifier = new Verifier(certificate, key, watch);
      requireFiles(verifier.statement());
      Path source = DataOption.file(data, root);
      Optional<Verification> counted = Optional.empty();
      if (model == null) {
        verifier.verify(source);
      } else {
        counted = Optional.of(verifier.verify(source, model, () -> device.device().open()));
      }
      watch.clear();
      print(verifier, counted, key);
    } finally {
      watch.clear();
    }
    return 0;
  }

  private void requireFiles(Statement statement) {
    boolean ofModel = statement.kind() == Statement.Kind.MODEL;
    if (data == null) {
      throw new UsageException(
          certificate
              + " is of "
              + statement.name(0)
              + "; without these data nothing can be counted: name them with --data");
    }
    if (ofModel && model == null) {
      throw new UsageException(
          certificate + " is of the model " + statement.name(1) + "; name its file with --model");
    }
  }

  private void print(
      Verifier verifier, Optional<Verification> counted, Optional<VerifyingKey> key) {
    PrintWriter out = spec.commandLine().getOut();
    Statement statement = verifier.statement();
    Map<?, ?> counts = (Map<?, ?>) statement.recomputed().get("counts");
    out.println(certificate + ": every claim that can be recomputed is true.");
    out.println("  data       " + statement.name(0) + ", the certified file");
    if (counted.isPresent()) {
      Verification done = counted.get();
      out.println("  model      " + statement.name(1) + ", the certified file");
      out.println(
          "  counted    "
              + counts.get("trainErrors")
              + "/"
              + counts.get("trainDecisions")
              + " training errors, floor "
              + counts.get("floor"));
      if (!Long.valueOf(0).equals(counts.get("patches"))) {
        out.println(
            "             "
                + counts.get("trainErrorsBeforePatch")
                + " training errors without the "
                + counts.get("patches")
                + " training images that the model holds (memorisation)");
      }
      out.println(
          "  definition "
              + done.recheck().referenceSamples()
              + " training samples computed once more by the plain definition, same bits");
      out.println(
          "  verdicts   "
              + (done.records()
                  ? ((Map<?, ?>) statement.recomputed().get("verdicts")).get("records")
                      + " records, Merkle root as certified"
                  : "not checked: verdicts.bin is not beside the certificate"));
    } else {
      out.println("  counted    floor of training errors " + counts.get("floor"));
    }
    out.println("  signature  " + signature(verifier, key));
    out.println("Only stated by the signer: " + String.join(", ", names(statement.stated())) + ".");
    out.println(statement.scope().get("notice"));
    out.flush();
  }

  private static String[] names(Map<?, ?> stated) {
    return stated.keySet().stream().map(Object::toString).toArray(String[]::new);
  }

  private static String signature(Verifier verifier, Optional<VerifyingKey> key) {
    if (key.isPresent()) {
      return "good, by the key " + key.get().hint();
    }
    return verifier.signed()
        ? "not checked: name the signer's public key with --public-key"
        : "none: who made this certificate is not known";
  }

  private int proof() {
    if (proof == null || image == null) {
      throw new UsageException("--proof and --image go together");
    }
    if (certificate != null || data != null || model != null) {
      throw new UsageException(
          "--proof needs the --image only: the certificate is inside; leave out the rest");
    }
    Optional<VerifyingKey> key = Optional.ofNullable(publicKey).map(VerifyingKey::read);
    Proof read = Proof.read(proof);
    key.ifPresent(each -> read.envelope().requireSignedBy(each, proof.toString()));
    byte[] pixels = ProofImage.read(image, read.image());
    String says = read.check(pixels, image.toString());
    PrintWriter out = spec.commandLine().getOut();
    out.println(image + ": the certificate was made with this image.");
    out.println("  " + says);
    out.println(
        "  signature "
            + key.map(each -> "good, by the key " + each.hint())
                .orElse(
                    read.envelope().signed().isPresent()
                        ? "not checked: name the signer's public key with --public-key"
                        : "none: who made this certificate is not known"));
    out.println("Not for clinical use.");
    out.flush();
    return 0;
  }
}
