// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The program with a verb more, {@code fail KIND}, which ends in every way that a verb can. */
final class FailingProgram {
  private FailingProgram() {}

  /** The program. */
  public static void main(String[] arguments) {
    Main.run(commands -> commands.addSubcommand(new CommandLine(new Fail())), arguments);
  }

  /** A failure that cannot even be named. */
  private static final class Nameless extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    @Override
    public void printStackTrace(java.io.PrintWriter to) {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Command(name = "fail")
  private static final class Fail implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters private String kind;

    @Override
    public Integer call() throws Exception {
      switch (kind) {
        case "heap" -> full();
        case "worker" -> CompletableFuture.runAsync(Fail::full).get();
        case "stack" -> overflow(0);
        case "shrink" ->
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        case "link" -> throw new NoClassDefFoundError("dev/unerring/Gone");
        case "fault" -> throw new IllegalStateException("broken");
        case "nameless" -> throw new Nameless();
        case "path" -> Path.of("a\0b");
        case "hook" -> {
          Thread hook = new Thread(() -> overflow(0));
          hook.setUncaughtExceptionHandler((thread, e) -> {});
          Runtime.getRuntime().addShutdownHook(hook);
        }
        case "polite" -> untilInterrupted();
        case "deaf" -> untilKilled();
        default -> throw new AssertionError(kind);
      }
      return 0;
    }

    private static void full() {
      List<long[]> all = new ArrayList<>();
      while (true) {
        all.add(new long[1 << 20]);
      }
    }

    private static int overflow(int depth) {
      return overflow(depth + 1) + 1;
    }

    /** Stops at a step a second after it is asked, and saves. */
    private void untilInterrupted() throws InterruptedException {
      WorkTerminal monitor = WorkTerminal.of(spec);
      say("ready");
      while (!monitor.stopped()) {
        Thread.sleep(10);
      }
      Thread.sleep(1000);
      say("saved");
      monitor.check("working");
    }

    private void untilKilled() throws InterruptedException {
      say("ready");
      Thread.sleep(120_000);
      say("not killed");
    }

    private void say(String text) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }
}
