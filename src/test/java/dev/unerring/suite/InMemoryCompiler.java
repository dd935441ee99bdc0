// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles small classes for a test, without a file and without the classes of the project. */
final class InMemoryCompiler {
  private InMemoryCompiler() {}

  /** Class files by class name, of sources whose first lines are {@code package ...;}. */
  static Map<String, byte[]> compile(String... sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    Map<String, ByteArrayOutputStream> written = new TreeMap<>();
    List<Source> units = Stream.of(sources).map(Source::new).toList();
    List<String> options = List.of("-proc:none", "-nowarn", "-cp", "");
    try (JavaFileManager files =
        new Output(compiler.getStandardFileManager(null, null, null), written)) {
      if (!compiler.getTask(messages, files, null, options, null, units).call()) {
        throw new IllegalArgumentException(messages.toString());
      }
    }
    Map<String, byte[]> classFiles = new TreeMap<>();
    written.forEach((name, bytes) -> classFiles.put(name, bytes.toByteArray()));
    return classFiles;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///" + path(text)), Kind.SOURCE);
      this.text = text;
    }

    private static String path(String text) {
      String packageName = text.replaceFirst("(?s)^\\s*package ([\\w.]+);.*", "$1");
      String typeName = text.replaceFirst("(?s).*?(class|interface|record|enum) (\\w+).*", "$2");
      return packageName.replace('.', '/') + "/" + typeName + ".java";
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Output extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written;

    Output(JavaFileManager files, Map<String, ByteArrayOutputStream> written) {
      super(files);
      this.written = written;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      URI uri = URI.create("bytes:///" + className.replace('.', '/') + kind.extension);
      return new SimpleJavaFileObject(uri, kind) {
        @Override
        public OutputStream openOutputStream() {
          return written.computeIfAbsent(className, name -> new ByteArrayOutputStream());
        }
      };
    }
  }
}
