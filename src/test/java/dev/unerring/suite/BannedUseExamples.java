// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A class that breaks every rule of {@link BannedUse}, one method each, and one that breaks none.
 */
final class BannedUseExamples {
  private static final Map<String, String> BANNED = new LinkedHashMap<>();
  private static final Map<String, String> ALLOWED = new LinkedHashMap<>();

  static {
    BANNED.put("mathCall", "return Math.exp(1);");
    BANNED.put("mathReference", "java.util.function.DoubleUnaryOperator f = Math::tanh; return f;");
    BANNED.put("mathRandom", "return Math.random();");
    BANNED.put("unseededRandom", "return new java.util.Random();");
    BANNED.put("threadRandom", "return java.util.concurrent.ThreadLocalRandom.current();");
    BANNED.put("shuffle", "java.util.Collections.shuffle(new java.util.ArrayList<>()); return 0;");
    BANNED.put("parallelStream", "return java.util.List.of(1).parallelStream();");
    BANNED.put("parallel", "return java.util.stream.IntStream.of(1).parallel();");
    BANNED.put("clock", "return System.nanoTime();");
    BANNED.put("clockReference", "java.util.function.LongSupplier s = System::nanoTime; return s;");
    BANNED.put("instant", "return java.time.Instant.now();");
    BANNED.put("sleep", "Thread.sleep(1); return 0;");
    BANNED.put("localeFormat", "return String.format(\"%f\", 1.5);");
    BANNED.put("localeFormatted", "return \"%f\".formatted(1.5);");
    BANNED.put("localeCase", "return \"I\".toLowerCase();");
    BANNED.put("charsetBytes", "return \"a\".getBytes();");
    BANNED.put("charsetString", "return new String(new byte[1]);");
    BANNED.put("charsetReader", "return new java.io.InputStreamReader(null);");
    BANNED.put("hashMap", "return new java.util.HashMap<String, String>();");
    BANNED.put("hashSet", "return new java.util.HashSet<String>();");
    BANNED.put("setOf", "return java.util.Set.of(1, 2);");
    BANNED.put("mapOf", "return java.util.Map.of(1, 2, 3, 4);");
    BANNED.put("toSet", "return java.util.stream.Collectors.toSet();");
    BANNED.put("grouping", "return java.util.stream.Collectors.groupingBy(x -> x);");
    BANNED.put("linker", "return java.lang.foreign.Linker.nativeLinker();");
    BANNED.put("lookup", "return java.lang.foreign.SymbolLookup.loaderLookup();");
    BANNED.put("reinterpret", "return java.lang.foreign.MemorySegment.NULL.reinterpret(8);");
    BANNED.put("load", "System.load(\"/a\"); return 0;");
    BANNED.put("http", "return java.net.http.HttpClient.newHttpClient();");
    BANNED.put("socket", "return new java.net.Socket();");
    BANNED.put("url", "return java.net.URI.create(\"http://a\").toURL().openStream();");
    BANNED.put("classForName", "return Class.forName(\"a\");");
    BANNED.put("reflect", "return Object.class.getMethods();");
    BANNED.put("invoke", "return ((java.lang.reflect.Method) null).invoke(null);");
    BANNED.put(
        "find", "return java.lang.invoke.MethodHandles.lookup().findGetter(null, null, null);");
    BANNED.put("exit", "System.exit(1); return 0;");
    BANNED.put("halt", "Runtime.getRuntime().halt(1); return 0;");
    BANNED.put("console", "System.out.println(); return 0;");
    BANNED.put("consoleTrace", "new Exception().printStackTrace(); return 0;");

    ALLOWED.put("exactMath", "return Math.sqrt(Math.fma(1.0, 2.0, Math.max(3.0, 4.0)));");
    ALLOWED.put("strictMath", "return StrictMath.exp(1);");
    ALLOWED.put("rootLocale", "return String.format(java.util.Locale.ROOT, \"%f\", 1.5);");
    ALLOWED.put("named", "return \"a\".getBytes(java.nio.charset.StandardCharsets.UTF_8);");
    ALLOWED.put("ordered", "return new java.util.LinkedHashMap<String, String>();");
    ALLOWED.put("single", "return java.util.Set.of(1).size() + java.util.Map.of(1, 2).size();");
    ALLOWED.put("list", "return java.util.List.of(1, 2).stream().map(x -> x + 1).toList();");
    ALLOWED.put("memory", "return java.lang.foreign.MemorySegment.NULL.asSlice(0, 0);");
  }

  private BannedUseExamples() {}

  /** The names of the methods that break a rule each. */
  static Set<String> methods() {
    return BANNED.keySet();
  }

  /** The source of a class {@code Sinner} with one method a banned use. */
  static String in(String packageName) {
    return source(packageName, "Sinner", BANNED);
  }

  /** The source of a class whose uses look alike and are allowed. */
  static String allowed(String packageName) {
    return source(packageName, "Saint", ALLOWED);
  }

  private static String source(String packageName, String name, Map<String, String> methods) {
    StringBuilder text = new StringBuilder("package " + packageName + "; class " + name + " {\n");
    methods.forEach((method, body) ->
        text.append("Object ")
            .append(method)
            .append("() throws Throwable { ")
            .append(body)
            .append(" }\n"));
    return text.append("}\n").toString();
  }
}
