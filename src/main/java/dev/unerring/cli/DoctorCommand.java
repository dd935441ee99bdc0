package dev.unerring.cli;

import dev.unerring.run.Diagnosis;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code unerring doctor}: what this machine offers and whether the kernels are exact here. */
@Command(
    name = "doctor",
    description = "Says what this machine offers, and whether its kernels are bit-exact.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int DEVICE_UNUSABLE = 6;

  @Spec private CommandSpec spec;

  DoctorCommand() {}

  @Override
  public Integer call() {
    Diagnosis diagnosis = Diagnosis.make();
    PrintWriter out = spec.commandLine().getOut();
    out.println("unerring " + Version.number());
    diagnosis.lines().forEach(out::println);
    out.flush();
    return diagnosis.usable() ? 0 : DEVICE_UNUSABLE;
  }
}
