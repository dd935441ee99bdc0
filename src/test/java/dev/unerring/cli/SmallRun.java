// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A run trained in a second or two on a generated set, with some validation errors. */
record SmallRun(Path data, Path folder) {
  static final TestData TEST = TestData.generated(10, 2, 2);

  /** Trains in a new folder. */
  static SmallRun train(Path where) {
    Path data =
        TestData.write(
            where.resolve("set.npz"),
            TestData.generated(40, 2, 0),
            TestData.generated(20, 2, 1).contrary(2),
            TEST);
    Path out = where.resolve("run");
    RunRequest request = new RunRequest(data, out, TrainingPlan.standard(), TestBackends.device());
    Pipeline.train(request, Monitor.SILENT, System::nanoTime);
    return new SmallRun(data, out);
  }

  /** A copy of the folder, which still names the same data. */
  SmallRun copy(Path to) {
    try (Stream<Path> files = Files.list(folder)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
      return new SmallRun(data, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the run name other data. */
  SmallRun withRecordedData(Path other) {
    replace("environment.json", data.toAbsolutePath().toString(), other.toString());
    return this;
  }

  void replace(String name, String what, String by) {
    try {
      Path file = folder.resolve(name);
      Files.writeString(file, Files.readString(file).replace(what, by));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes an object that is sealed by itself, and seals it again; null takes the key away. */
  void put(String name, String key, Object value) {
    Map<String, Object> json = new LinkedHashMap<>();
    json(name).forEach((each, old) -> json.put((String) each, old));
    json.put(key, value);
    json.values().removeIf(Objects::isNull);
    json.remove("sealSha256");
    byte[] canonical = Json.canonical(json).getBytes(StandardCharsets.UTF_8);
    json.put("sealSha256", Sha256.hex(canonical));
    try {
      Files.writeString(folder.resolve(name), Json.pretty(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<?, ?> json(String name) {
    try {
      return (Map<?, ?>) Json.parse(Files.readString(folder.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A verb on this run. */
  CommandRun command(String verb, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(verb, "--run", folder, "--threads", 2));
    all.addAll(List.of("--device", TestBackends.kernels() ? "auto" : "reference"));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray());
  }
}
