// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.EngineVersion;
import dev.unerring.base.Json;
import dev.unerring.run.Diagnosis;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code unerring doctor}: what this machine offers, whether the kernels are exact here, and
 * whether a GPU can be used. A machine without a GPU is not at fault; inexact kernels are (6).
 */
@Command(
    name = "doctor",
    description =
        "Checks this machine: what it offers, whether its kernels are bit-exact, "
            + "whether a GPU can be used.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int DEVICE_UNUSABLE = 6;

  /** Said by the launcher: used, stale, or none where there is none to use. */
  private static final String START = System.getProperty("unerring.start.cache", "none");

  private static final String STALE =
      "start      slower by some 0.2 s: lib/modules is younger than its start cache, as in a copy; one"
          + " start by a user who may write there mends it, or copy with cp -a";

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  DoctorCommand() {}

  @Override
  public Integer call() {
    Diagnosis diagnosis = Diagnosis.make();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("unerring", EngineVersion.number());
      values.put("startCache", START);
      values.putAll(diagnosis.json());
      out.print(Json.pretty(values));
    } else {
      out.println("unerring " + EngineVersion.number());
      if (START.equals("stale")) {
        out.println(STALE);
      }
      diagnosis.lines().forEach(out::println);
    }
    out.flush();
    return diagnosis.usable() ? 0 : DEVICE_UNUSABLE;
  }
}
