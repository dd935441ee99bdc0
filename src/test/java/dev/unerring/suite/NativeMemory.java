package dev.unerring.suite;

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;

/** What arenas hold, as the JVM counts it ({@code -XX:NativeMemoryTracking}, category Other). */
public final class NativeMemory {
  private static final Pattern OTHER = Pattern.compile("Other \\(reserved=(\\d+),");

  private NativeMemory() {}

  /** Bytes apart from those of compilers and collectors. */
  public static long bytes() throws Exception {
    System.gc();
    Object[] arguments = {new String[] {"scale=B"}};
    String[] signature = {String[].class.getName()};
    String text =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "vmNativeMemory",
                    arguments,
                    signature);
    Matcher other = OTHER.matcher(text);
    return other.find() ? Long.parseLong(other.group(1)) : 0; // no line where nothing is held
  }
}
