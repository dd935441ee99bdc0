// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.certificate.Certificate;
import dev.unerring.certificate.Envelope;
import dev.unerring.certificate.Proof;
import dev.unerring.certificate.Recount;
import dev.unerring.certificate.SigningKey;
import dev.unerring.certificate.Statement;
import dev.unerring.certificate.Verdicts;
import dev.unerring.certify.Recheck;
import dev.unerring.certify.Repeats;
import dev.unerring.data.Dataset;
import dev.unerring.run.SignerFacts;
import dev.unerring.run.TrainedRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring certify}: counts again from the files, then writes and signs what was found. */
@Command(
    name = "certify",
    description = {
      "Counts the errors of a run again from its model and data, and writes a certificate that"
          + " anyone with both files can verify; with --data alone, a certificate of the data set."
    },
    mixinStandardHelpOptions = true)
final class CertifyCommand implements Callable<Integer> {
  private static final String PROOF = "proof-%s-%d.json";

  @Spec private CommandSpec spec;
  @Mixin private DeviceOptions device;

  @Option(names = "--run", paramLabel = "DIR", description = "Folder of a run.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "X",
      description =
          "An npz file or a flag: with --run where its data are now; alone the set to certify.")
  private String named;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder looked through for flags, before ~/.medmnist.")
  private Path root;

  @Option(
      names = "--key",
      paramLabel = "KEY.pem",
      description = "Private EC key to sign with (unerring keygen makes one); default: unsigned.")
  private Path key;

  @Option(
      names = "--out",
      paramLabel = "OUT",
      description =
          "Of a run: a folder to hand on, which gets a copy of the model; default: the run's. Of a"
              + " data set: the file; default: NAME.certificate.json here. With --prove: the file.")
  private Path out;

  @Option(
      names = "--prove",
      paramLabel = "I",
      description = "Write what the certificate of the run says of sample I, as a file of its own.")
  private Integer prove;

  @Option(
      names = "--split",
      defaultValue = "train",
      completionCandidates = SplitNames.class,
      description = "With --prove: train, val or test; default train.")
  private String split;

  CertifyCommand() {}

  @Override
  public Integer call() {
    SplitNames.require(split);
    if (run == null && named == null) {
      throw new UsageException("certify what? name a run with --run, or a data set with --data");
    }
    if (prove != null && (run == null || key != null)) {
      throw new UsageException(
          "--prove takes a certified run with --run, and no --key: the certificate is signed already");
    }
    if (prove != null) {
      return proof();
    }
    Optional<SigningKey> signer = Optional.ofNullable(key).map(SigningKey::read);
    WorkTerminal watch = WorkTerminal.of(spec);
    try {
      return run == null ? ofData(signer, watch) : ofRun(signer, watch);
    } finally {
      watch.clear();
    }
  }

  private int ofRun(Optional<SigningKey> signer, WorkTerminal watch) {
    TrainedRun trained = TrainedRun.open(run);
    Path source = named == null ? recorded(trained) : DataOption.file(named, root);
    Path folder = out == null ? run : out;
    try (Dataset data = Dataset.open(source, watch)) {
      if (!trained.isOf(data)) {
        throw new DataException(
            data.file() + " is not the data of " + run + "; name the file that it was trained on");
      }
      Recount recount;
      try (Backend backend = device.device().open()) {
        Repeats repeats = Repeats.ofACertificate(data.train().size(), 0);
        recount = Recount.of(trained.model(), data, Verdicts.newSalt(), backend, repeats, watch);
      }
      Recheck counted = recount.judgement().orElseThrow().recheck();
      Map<String, Object> stated = SignerFacts.of(trained, counted);
      stated.put("issuedOn", today());
      Statement statement = Certificate.ofModel(recount, trained.model(), data, stated);
      copyModel(trained.model(), folder);
      List<Path> written =
          Certificate.write(folder, statement, recount.verdicts().orElseThrow(), signer);
      watch.clear();
      print(counted, statement, written, source, folder, signer);
      trained.report().patchNotice().ifPresent(spec.commandLine().getOut()::println);
    }
    return 0;
  }

  private Path recorded(TrainedRun trained) {
    Path recorded = trained.recordedData();
    if (!Files.exists(recorded)) {
      throw new DataException(
          recorded + ": the data of " + run + " are not there any more; name them with --data");
    }
    return recorded;
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
  }

  private static void copyModel(Path model, Path folder) {
    Path copy = folder.resolve(model.getFileName());
    try {
      Files.createDirectories(folder);
      if (Files.exists(copy) && Files.isSameFile(copy, model)) {
        return;
      }
      AtomicFile.write(copy, bytes -> Files.copy(model, bytes));
    } catch (IOException e) {
      throw new DataException(
          folder + ": the folder cannot be made: " + IoReason.of(e) + "; name another --out", e);
    }
  }

  private int ofData(Optional<SigningKey> signer, WorkTerminal watch) {
    Path source = DataOption.file(named, root);
    try (Dataset data = Dataset.open(source, watch)) {
      Path file = out == null ? Path.of(data.name() + ".certificate.json") : out;
      OutputFile.require("--out", file, List.of(".json"), List.of(source));
      Recount recount = Recount.of(data, watch);
      Map<String, Object> stated = new LinkedHashMap<>();
      stated.put("issuedOn", today());
      stated.put("labelNames", data.labelNames());
      Statement statement = Certificate.ofData(recount, data, stated);
      Certificate.write(file, statement, signer);
      watch.clear();
      PrintWriter text = spec.commandLine().getOut();
      Map<?, ?> counts = (Map<?, ?>) recount.recomputed().get("counts");
      text.println(
          file
              + ": floor of training errors "
              + counts.get("floor")
              + ", groups of contradicting images "
              + ((List<?>) recount.recomputed().get("contradictions")).size()
              + ", "
              + signedText(signer));
      text.println("check: unerring verify " + file + " --data " + source + keyText(signer));
      text.println("Not for clinical use.");
      text.flush();
    }
    return 0;
  }

  private void print(
      Recheck counted,
      Statement statement,
      List<Path> written,
      Path data,
      Path folder,
      Optional<SigningKey> signer) {
    PrintWriter text = spec.commandLine().getOut();
    Map<?, ?> counts = (Map<?, ?>) statement.recomputed().get("counts");
    text.println(
        written.getFirst()
            + ": "
            + counted.train().errors().count()
            + "/"
            + counted.train().errors().decisions()
            + " training errors, floor "
            + counts.get("floor")
            + ", "
            + signedText(signer));
    for (Path file : written.subList(1, written.size())) {
      boolean records = file.endsWith(Verdicts.FILE);
      text.println(file + (records ? ": for holders of the data only, it identifies images" : ""));
    }
    text.println(
        "check: unerring verify "
            + written.getFirst()
            + " --data "
            + data
            + " --model "
            + folder.resolve(statement.name(1))
            + keyText(signer));
    text.println("Not for clinical use.");
    text.flush();
  }

  private static String signedText(Optional<SigningKey> signer) {
    return signer
        .map(each -> "signed by the key " + each.verifying().hint())
        .orElse("not signed: anyone could have written it (--key signs it)");
  }

  private static String keyText(Optional<SigningKey> signer) {
    return signer.isPresent() ? " --public-key KEY.pub.pem" : "";
  }

  private int proof() {
    Path certificate = run.resolve(Certificate.FILE);
    if (!Files.exists(certificate) || !Files.exists(run.resolve(Verdicts.FILE))) {
      throw new DataException(
          run
              + " holds no "
              + Certificate.FILE
              + " with "
              + Verdicts.FILE
              + "; make them first: unerring certify --run "
              + run);
    }
    Envelope envelope = Envelope.read(certificate);
    Proof.Place place = Proof.place(Statement.of(envelope, certificate.toString()), split, prove);
    Path file = out == null ? run.resolve(String.format(Locale.ROOT, PROOF, split, prove)) : out;
    OutputFile.require("--out", file, List.of(".json"), List.of(certificate));
    Verdicts verdicts =
        Verdicts.read(run.resolve(Verdicts.FILE), place.records(), place.recordBytes());
    Proof.write(file, envelope, verdicts, place.position());
    PrintWriter text = spec.commandLine().getOut();
    text.println(file + ": what the certificate says of " + split + "[" + prove + "]");
    text.println("check: unerring verify --proof " + file + " --image PICTURE");
    text.flush();
    return 0;
  }
}
