// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.base.Json;
import dev.unerring.data.Fit;
import dev.unerring.data.SetDescription;
import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.images.PackInput;
import dev.unerring.images.PackRequest;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model and all that its predictions need. A model file holds it in its metadata: {@code task},
 * {@code labels} (a JSON list), {@code fit} (how pictures are resized), {@code packed} (whether the
 * pictures of the training set were), {@code arithmetic} and, where it is known, {@code
 * calibration} (as in calibration.json).
 *
 * @param model the file
 * @param description what its answers mean, and how pictures are resized where that is known
 * @param calibration of its scores; empty where none is known
 * @param patchNotice what a reader must know of a model that holds training images
 * @param weightsSha256 which it must have
 * @param source where that hash stands
 */
public record TrainedModel(
    Path model,
    SetDescription description,
    Optional<Calibration> calibration,
    Optional<String> patchNotice,
    String weightsSha256,
    String source) {

  /**
   * A model by its file alone.
   *
   * @throws DataException where it is none of ours, or was written before model files held what
   *     predictions need
   */
  public static TrainedModel open(Path file) {
    Map<String, String> metadata = ModelFile.metadata(file);
    List<String> missing = new ArrayList<>(List.of("task", "labels", "fit", ModelFile.WEIGHTS));
    missing.removeAll(metadata.keySet());
    if (!missing.isEmpty()) {
      throw new DataException(
          file
              + " cannot be used alone: not in this file: "
              + String.join(", ", missing)
              + "; it was written by an earlier version: name the folder of its run, or train"
              + " again");
    }
    try {
      Task task = Task.fromManifest(metadata.get("task"));
      List<String> names = new ArrayList<>();
      ((List<?>) Json.parse(metadata.get("labels"))).forEach(name -> names.add((String) name));
      Fit fit = Fit.of(metadata.get("fit")).orElseThrow();
      boolean packed = Boolean.parseBoolean(metadata.get("packed"));
      Optional<Calibration> calibration =
          Optional.ofNullable(metadata.get("calibration"))
              .map(text -> Calibration.fromJson((Map<?, ?>) Json.parse(text)));
      Optional<String> notice =
          Optional.ofNullable(metadata.get("patches"))
              .map(text -> "note: the model holds training images (memorisation): " + text);
      return new TrainedModel(
          file,
          SetDescription.of(task, names, packed ? Optional.of(fit) : Optional.empty()),
          calibration,
          notice,
          metadata.get(ModelFile.WEIGHTS),
          "its metadata");
    } catch (RuntimeException e) {
      throw new DataException(
          file
              + ": its metadata do not say what its answers mean ("
              + e.getMessage()
              + "); take a backup, or train again",
          e);
    }
  }

  /** The metadata that hold a description and a calibration. */
  static Map<String, String> metadata(
      SetDescription description, String arithmetic, Optional<Calibration> calibration) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("task", description.task().manifestName());
    metadata.put("labels", Json.canonical(description.labelNames()));
    metadata.put("fit", description.fit().orElse(Fit.CROP).word());
    metadata.put("packed", String.valueOf(description.fit().isPresent()));
    metadata.put("arithmetic", arithmetic);
    calibration.ifPresent(each -> metadata.put("calibration", Json.canonical(each.toJson())));
    return metadata;
  }

  /** What the labels ask for. */
  public Task task() {
    return description.task();
  }

  /** Names of the classes or labels, by number. */
  public List<String> labelNames() {
    return description.labelNames();
  }

  /** How a picture is brought to the size of the model's images. */
  public Fit fit() {
    return description.fit().orElse(Fit.CROP);
  }

  /**
   * How pictures are packed for this model: with its classes, size, channels and fit, all of them
   * in one split.
   *
   * @param input the pictures; their classes are replaced by the model's
   * @param out the npz file
   * @throws DataException where the model takes volumes
   */
  public PackRequest packing(PackInput input, Path out, int threads) {
    Shape image = ModelFile.image(model);
    if (image.d() > 1) {
      throw new DataException(
          input.path() + ": " + model + " takes volumes, not pictures; save an npz file");
    }
    return new PackRequest(
        input instanceof PackInput.Table table && task() == Task.MULTI_LABEL
            ? table.withLabels(labelNames())
            : input.withClasses(labelNames()),
        out,
        Optional.of(new PackRequest.Size(image.h(), image.w())),
        fit(),
        image.c(),
        PackRequest.ALL_TRAIN,
        0,
        threads);
  }

  /**
   * Reads the model.
   *
   * @param batch largest number of images of a pass
   * @throws DataException where the file is damaged or does not have these classes
   * @throws VerificationException where it is not the model that the hash is of
   */
  public Network network(Backend backend, int batch) {
    return network(backend, Memory.evaluation(batch, backend));
  }

  /** The same for passes that only evaluate. */
  public Network network(Backend backend) {
    return network(backend, Memory.EVALUATION_BATCH);
  }

  /** The same with a batch that goes by the network. */
  Network network(Backend backend, ModelFile.Batch batch) {
    Network network = ModelFile.read(model, backend, batch);
    String found = StoredTensors.view(network).weightsSha256();
    if (!found.equals(weightsSha256)) {
      throw new VerificationException(
          model
              + " is not the model of this run: weightsSha256 "
              + found
              + ", in "
              + source
              + " "
              + weightsSha256
              + "; put the right file back or train again");
    }
    if (network.classes() != labelNames().size()) {
      throw new DataException(
          model
              + " has "
              + network.classes()
              + " classes, the run names "
              + labelNames().size()
              + "; the folder is damaged, train again");
    }
    return network;
  }
}
