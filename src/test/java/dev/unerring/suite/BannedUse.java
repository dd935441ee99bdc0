// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A use that is banned from the engine, with its reason.
 *
 * @param symbol matches {@code owner.name:descriptor}, in the internal form of class files
 * @param allowedIn matches the classes, below {@code dev.unerring.}, that may use it
 * @param reason why it is banned and what to use instead
 */
record BannedUse(Pattern symbol, Pattern allowedIn, String reason) {
  private static final String NOWHERE = "(?!)";
  private static final String STRING = "Ljava/lang/String;";

  static final List<BannedUse> ALL =
      List.of(
          ban(
              "java/lang/Math\\.(exp|expm1|log|log10|log1p|pow|cbrt|hypot|a?sin|a?cos|a?tan|atan2"
                  + "|[sc]inh|cosh|tanh):.*",
              NOWHERE,
              "its last bit may differ between machines; use OrderedMath (or StrictMath off the"
                  + " hot path)"),
          ban(
              "java/(lang/Math\\.random|util/(Random|SplittableRandom|random/[^.]*)\\."
                  + "|security/SecureRandom\\.|util/concurrent/ThreadLocalRandom\\."
                  + "|util/UUID\\.randomUUID).*",
              NOWHERE,
              "random numbers are a function of seed, purpose, epoch and index; use Philox"),
          ban(
              "java/util/Collections\\.shuffle:.*",
              NOWHERE,
              "an order is a function of the seed; use Philox"),
          ban(
              "(java/[^.]*\\.parallelStream|java/util/stream/[^.]*\\.parallel"
                  + "|java/util/Arrays\\.parallel\\w+):.*",
              NOWHERE,
              "the order of a parallel reduction depends on the machine; cut ranges explicitly"),
          ban(
              "java/(lang/System\\.(nanoTime|currentTimeMillis):|time/[^.]*\\.now:"
                  + "|time/Clock\\.|util/Date\\.<init>:\\(\\)).*",
              "cli\\..*|Watch|base\\.Fma", // which of two ways to the same bits is fast
              "a run is a function of plan, data and code; clocks belong to cli and the face"),
          ban(
              "java/lang/Thread\\.sleep:.*",
              "base\\.Uninterrupted",
              "it ends at once on an interrupted thread, and the loop around it becomes busy; use"
                  + " Uninterrupted.sleep"),
          ban(
              "java/lang/String\\.(format:\\("
                  + STRING
                  + "\\[|formatted:|to(Lower|Upper)Case:\\(\\)).*"
                  + "|java/io/Print(Stream|Writer)\\.(printf|format):\\("
                  + STRING
                  + "\\[.*|java/util/Locale\\.getDefault:.*"
                  + "|java/text/(DecimalFormat\\.<init>:\\("
                  + STRING
                  + "\\)|NumberFormat\\.get\\w*Instance:\\(\\)).*",
              NOWHERE,
              "the default locale changes the text; pass Locale.ROOT"),
          ban(
              "java/lang/String\\.(getBytes:\\(\\)|<init>:\\(\\[B(II)?\\)).*"
                  + "|java/io/(InputStreamReader|OutputStreamWriter|PrintStream|PrintWriter)\\.<init>:"
                  + "\\(Ljava/io/(In|Out)putStream;Z?\\).*"
                  + "|java/io/(FileReader|FileWriter)\\.<init>:\\(Ljava/(lang/String|io/File);Z?\\).*"
                  + "|java/util/Scanner\\.<init>:\\(L[^;]*;\\).*"
                  + "|java/io/ByteArrayOutputStream\\.toString:\\(\\).*"
                  + "|java/nio/charset/Charset\\.defaultCharset:.*",
              NOWHERE,
              "the default charset changes the bytes; name the charset"),
          ban(
              "java/util/(HashMap|HashSet|IdentityHashMap|WeakHashMap|concurrent/ConcurrentHashMap)"
                  + "\\.<init>:.*|java/util/(Map\\.(ofEntries|copyOf:|of:\\((L[^;]*;){4})"
                  + "|Set\\.(copyOf:|of:\\(\\[|of:\\((L[^;]*;){2})).*"
                  + "|java/util/stream/Collectors\\.(to(Unmodifiable)?(Set|Map)|groupingBy(Concurrent)?"
                  + "|toConcurrentMap):(?!.*Supplier;).*",
              NOWHERE,
              "the iteration order of hashed collections can reach an output (that of Set.of and"
                  + " Map.of changes with every start); use LinkedHashMap, TreeMap or a sorted array"),
          ban(
              "java/lang/foreign/(Linker|SymbolLookup)(\\$\\w+)?\\..*"
                  + "|java/lang/foreign/\\w+\\.(reinterpret|withTargetLayout):.*"
                  + "|java/lang/(System|Runtime)\\.load(Library)?:.*",
              "ffi\\..*",
              "native code is reached, and memory re-sized, in ffi only"),
          ban(
              "java/net/(http/.*|(Server|Datagram)?Socket\\..*|(Http)?URLConnection\\..*"
                  + "|URL\\.open.*)",
              "fetch\\..*",
              "only 'datasets fetch' opens a connection; data come from files"),
          ban(
              "java/lang/reflect/.*|java/lang/Class\\.(forName|newInstance|getRecordComponents"
                  + "|get(Declared)?(Method|Field|Constructor)s?):.*",
              "cli\\..*",
              "reflection hides uses from the compiler and from these rules; write the call"),
          ban(
              "java/lang/invoke/MethodHandles\\$Lookup\\..*",
              "(cli|ffi)\\..*",
              "handles looked up by name are reflection; write the call"),
          ban(
              "java/lang/(System\\.exit|Runtime\\.(exit|halt)):.*",
              "cli\\.(Main|Launcher)",
              "only the program's entry ends the JVM; throw an UnerringException"),
          ban(
              "java/lang/System\\.(out|err|in|console|setOut|setErr):.*"
                  + "|java/lang/\\w+\\.printStackTrace:\\(\\).*",
              "cli\\..*",
              "the console belongs to cli; return the value or throw"));

  private static BannedUse ban(String symbol, String allowedIn, String reason) {
    return new BannedUse(Pattern.compile(symbol), Pattern.compile(allowedIn), reason);
  }

  /** Whether a use of {@code symbol} by {@code className} breaks this rule. */
  boolean isBrokenBy(String className, String symbol) {
    return symbol().matcher(symbol).matches()
        && !allowedIn().matcher(className.replaceFirst("^dev\\.unerring\\.", "")).matches();
  }
}
