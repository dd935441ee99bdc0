// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A library that carries out the calls of the portable kernels, from one thread, and writes them
 * down for {@code native/replay.c}: the calls, what Java wrote into their memory in between, and
 * the hashes of results. It knows no signature but those that {@link CpuKernels} binds.
 */
public final class CallRecorder extends NativeLibrary {
  private static final int PAGE = 4096;
  private static final int LOWEST_ALIGNMENT = 64;

  private final NativeLibrary real;
  private final DataOutputStream out;
  private final List<Object[]> events = new ArrayList<>();
  private final TreeMap<Long, Long> extents = new TreeMap<>();
  private final Map<Long, byte[]> known = new TreeMap<>();

  /** Records the calls of a library. */
  public CallRecorder(NativeLibrary real, DataOutputStream out) {
    super(real.path(), SymbolLookup.loaderLookup());
    this.real = real;
    this.out = out;
  }

  @Override
  Optional<MethodHandle> find(String name, FunctionDescriptor descriptor) {
    if (!name.endsWith("_" + KernelSet.PORTABLE.label())) {
      return real.find(name, descriptor); // versions and the like are no kernels
    }
    return real.find(name, descriptor)
        .map(handle -> {
          try {
            MethodType type = handle.type();
            MethodType call =
                MethodType.methodType(
                    Object.class, String.class, MethodHandle.class, Object[].class);
            return MethodHandles.insertArguments(
                    MethodHandles.lookup().bind(this, "record", call), 0, name, handle)
                .asCollector(Object[].class, type.parameterCount())
                .asType(type);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @SuppressWarnings("UnusedMethod")
  private Object record(String name, MethodHandle handle, Object... arguments) throws Throwable {
    for (Object argument : arguments) {
      if (argument instanceof MemorySegment memory) {
        noteWrites(memory);
      }
    }
    Object result = handle.invokeWithArguments(arguments);
    for (Object argument : arguments) {
      if (argument instanceof MemorySegment memory) {
        remember(memory);
      }
    }
    events.add(new Object[] {name, result, arguments});
    return result;
  }

  /** The words of a result, each NaN canonical, become one hash, which the replay must give too. */
  public void check(MemorySegment words) {
    noteWrites(words);
    events.add(new Object[] {words, hash(words)});
  }

  /** FNV-1a over 32-bit words. */
  public static long hash(MemorySegment words) {
    long hash = 0xcbf29ce484222325L;
    for (long i = 0; i < words.byteSize() / Integer.BYTES; i++) {
      int bits = words.get(ValueLayout.JAVA_INT_UNALIGNED, i * Integer.BYTES);
      int canonical = (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
      hash = (hash ^ canonical & 0xffffffffL) * 0x100000001b3L;
    }
    return hash;
  }

  /** What the memory holds otherwise than was known, as writes. Unknown memory counts as zero. */
  private void noteWrites(MemorySegment memory) {
    if (memory.address() == 0) {
      return;
    }
    extents.merge(memory.address(), memory.byteSize(), Math::max);
    pieces(
        memory,
        (page, from, bytes) -> {
          byte[] old = known.computeIfAbsent(page, each -> new byte[PAGE]);
          int first = Arrays.mismatch(old, from, from + bytes.length, bytes, 0, bytes.length);
          if (first >= 0) {
            events.add(new Object[] {page * PAGE + from, bytes});
            System.arraycopy(bytes, 0, old, from, bytes.length);
          }
        });
  }

  private void remember(MemorySegment memory) {
    if (memory.address() != 0) {
      pieces(
          memory,
          (page, from, bytes) -> System.arraycopy(bytes, 0, known.get(page), from, bytes.length));
    }
  }

  private interface Piece {
    void take(long page, int from, byte[] bytes);
  }

  private static void pieces(MemorySegment memory, Piece piece) {
    long end = memory.address() + memory.byteSize();
    long at = memory.address();
    while (at < end) {
      long page = at / PAGE;
      long stop = Math.min(end, (page + 1) * PAGE);
      byte[] bytes =
          memory.asSlice(at - memory.address(), stop - at).toArray(ValueLayout.JAVA_BYTE);
      piece.take(page, (int) (at % PAGE), bytes);
      at = stop;
    }
  }

  /** Writes one case down: its memory begins as zeros. Ended by the next one. */
  public void endCase() throws IOException {
    TreeMap<Long, Long> places = new TreeMap<>();
    long size = 0;
    long end = Long.MIN_VALUE;
    for (Map.Entry<Long, Long> extent : extents.entrySet()) {
      if (extent.getKey() > end) {
        size = (size + 2 * LOWEST_ALIGNMENT) / LOWEST_ALIGNMENT * LOWEST_ALIGNMENT;
        places.put(extent.getKey(), size += extent.getKey() % LOWEST_ALIGNMENT);
        end = extent.getKey();
      }
      long more = Math.max(end, extent.getKey() + extent.getValue()) - end;
      size += more;
      end += more;
    }
    write('C', size + LOWEST_ALIGNMENT);
    for (Object[] event : events) {
      if (event[0] instanceof String name) {
        byte[] letters = name.substring(0, name.lastIndexOf('_')).getBytes(StandardCharsets.UTF_8);
        write('F', letters.length);
        out.write(letters);
        Object[] arguments = (Object[]) event[2];
        write(event[1] == null ? 'V' : 'R', event[1] == null ? 0 : (long) event[1]);
        out.write(arguments.length);
        for (Object argument : arguments) {
          switch (argument) {
            case MemorySegment m when m.address() == 0 -> write('N', 0);
            case MemorySegment m -> write('P', place(places, m.address()));
            case Float f -> write('f', Float.floatToRawIntBits(f));
            default -> write('L', (long) argument);
          }
        }
      } else if (event[0] instanceof MemorySegment words) {
        write('H', place(places, words.address()));
        write('n', words.byteSize());
        write('h', (long) event[1]);
      } else {
        byte[] bytes = (byte[]) event[1];
        write('W', place(places, (long) event[0]));
        write('n', bytes.length);
        out.write(bytes);
      }
    }
    events.clear();
    extents.clear();
    known.clear();
  }

  private static long place(TreeMap<Long, Long> places, long address) {
    Map.Entry<Long, Long> base = places.floorEntry(address);
    return base.getValue() + (address - base.getKey());
  }

  private void write(int tag, long value) throws IOException {
    out.write(tag);
    out.writeLong(Long.reverseBytes(value));
  }
}
