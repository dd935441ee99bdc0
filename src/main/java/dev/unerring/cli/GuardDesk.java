// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.CsvField;
import dev.unerring.base.IoReason;
import dev.unerring.data.ImageSource;
import dev.unerring.guard.Guard;
import dev.unerring.guard.GuardFile;
import dev.unerring.guard.Verdict;
import dev.unerring.network.Network;
import dev.unerring.run.Prediction;
import dev.unerring.run.TrainedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The guard beside a model in {@code predict}: judges each image, collects what it hands over. */
final class GuardDesk {
  /** Exit code where an image was handed over and {@code --abstain-exit} asks for it. */
  static final int HANDED_OVER = 7;

  private static final String HEADER = "path,label,index,predicted";

  @Option(
      names = "--abstain-exit",
      description = "End with code 7 where the guard hands an image over to a human.")
  private boolean abstainExit;

  @Option(
      names = "--queue",
      paramLabel = "F",
      description = {
        "CSV file that collects what is handed over. Fill its column label; then it goes into",
        "'correct --add'."
      })
  private Path queue;

  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private final List<String> handedOver = new ArrayList<>();
  private Optional<Guard> guard = Optional.empty();
  private TrainedModel model;

  GuardDesk() {}

  /** Opens the guard beside the model, where there is one. */
  void open(TrainedModel trained, Network network) {
    model = trained;
    guard =
        GuardFile.beside(trained.model(), trained.weightsSha256())
            .map(file -> new Guard(file, network));
    if (guard.isEmpty() && (abstainExit || queue != null)) {
      throw new UsageException(
          "there is no guard beside "
              + trained.model()
              + ", so nothing can be handed over; make it with 'unerring validate --guard'");
    }
    if (queue != null) {
      OutputFile.require("--queue", queue, List.of(".csv"), List.of(trained.model()));
      earlier(); // or its refusal, before any work
    }
  }

  /** Takes an image that is to be predicted. */
  void take(ImageSource images, int index) {
    if (guard.isPresent()) {
      float[] pixels = new float[images.imageElements()];
      images.copyImage(index, pixels, 0);
      byte[] image = new byte[pixels.length];
      for (int i = 0; i < image.length; i++) {
        image[i] = (byte) (int) pixels[i];
      }
      waiting.add(image);
    }
  }

  /** Judges the next image that was taken; empty without a guard. */
  Optional<Verdict> judge(Prediction prediction) {
    Optional<Verdict> verdict = guard.map(each -> each.judge(waiting.remove()));
    if (verdict.isPresent() && verdict.get().answer() == Verdict.Kind.HAND_OVER) {
      String names =
          prediction.labels().stream()
              .map(model.labelNames()::get)
              .collect(Collectors.joining("; "));
      handedOver.add(
          CsvField.quoted(Path.of(prediction.file()).toAbsolutePath().toString())
              + ",,"
              + prediction.index()
              + ","
              + CsvField.quoted(names));
    }
    return verdict;
  }

  /** Writes the queue; the exit code. */
  int close(WorkTerminal watch) {
    if (queue != null) {
      Set<String> lines = new LinkedHashSet<>(earlier());
      List<String> known = lines.stream().map(GuardDesk::place).toList();
      handedOver.stream().filter(line -> !known.contains(place(line))).forEach(lines::add);
      String text = HEADER + "\n" + String.join("\n", lines) + (lines.isEmpty() ? "" : "\n");
      AtomicFile.write(queue, text.getBytes(StandardCharsets.UTF_8));
      watch.note("note: " + lines.size() + " images wait in " + queue);
    }
    return abstainExit && !handedOver.isEmpty() ? HANDED_OVER : 0;
  }

  /** Path and number of an image, whatever label it was given since. */
  private static String place(String line) {
    int quoted = line.startsWith("\"") ? line.indexOf("\",", 1) + 1 : line.indexOf(',');
    int index = line.indexOf(',', line.indexOf(',', quoted + 1) + 1);
    String number = line.substring(line.indexOf(',', quoted + 1) + 1, index);
    return line.substring(0, quoted) + "#" + number;
  }

  private List<String> earlier() {
    if (!Files.exists(queue)) {
      return List.of();
    }
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(queue));
      if (lines.isEmpty() || !lines.removeFirst().equals(HEADER)) {
        throw new DataException(
            queue + " is not a queue of predict: its first line is not " + HEADER);
      }
      return lines;
    } catch (IOException e) {
      throw new DataException("cannot read " + queue + ": " + IoReason.of(e), e);
    }
  }
}
