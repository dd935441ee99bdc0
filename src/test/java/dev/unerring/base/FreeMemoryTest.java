// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The least of free memory, control groups and address space, from a made-up /proc and /sys. */
class FreeMemoryTest {
  private static final long MIB = 1L << 20;
  private static final String V1 =
      "31 22 0:27 %s /sys/fs/cgroup/memory rw - cgroup none rw,memory\n";
  private static final String V2 =
      "30 22 0:26 %s /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 none rw\n";

  @TempDir private Path root;

  @BeforeEach
  void aMachineWithAGibibyteFreeAndTenMebibytesTaken() throws IOException {
    write("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable:    1048576 kB\n");
    write("proc/self/status", "Name:\tjava\nVmSize:\t  204800 kB\nRssAnon:\t   10240 kB\n");
    write(
        "proc/self/limits", "Limit  Soft  Hard\nMax address space  unlimited  unlimited  bytes\n");
    write("proc/self/cgroup", "0::/\n");
    write("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/vda rw\n");
  }

  @Test
  void withoutLimitsItIsTheMachine() {
    assertEquals(1034, mebibytes());
    assertEquals("the machine has", now().limit());
    assertEquals(10 * MIB, now().taken());
  }

  @Test
  void version2CountsThePageCacheAsFree() throws IOException {
    write("proc/self/cgroup", "0::/job\n");
    write("proc/self/mountinfo", V2.formatted("/"));
    group2("sys/fs/cgroup/job", "900000000", 300_000_000L, 100_000_000L);
    assertEquals(700_000_000L + 10 * MIB, now().bytes());
    assertTrue(now().limit().contains("memory.max"), now().limit());
  }

  @Test
  void everyGroupAboveCountsToo() throws IOException {
    write("proc/self/cgroup", "0::/slice/pod/job\n");
    write("proc/self/mountinfo", V2.formatted("/"));
    group2("sys/fs/cgroup/slice/pod/job", "max", 100 * MIB, 0);
    group2("sys/fs/cgroup/slice/pod", "" + 400 * MIB, 300 * MIB, 0);
    group2("sys/fs/cgroup/slice", "" + 800 * MIB, 300 * MIB, 0);
    assertEquals(110, mebibytes());
  }

  @Test
  void inANamespaceOfItsOwnTheMountIsTheGroup() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("proc/self/mountinfo", V2.formatted("/"));
    group2("sys/fs/cgroup", "" + 200 * MIB, 50 * MIB, 0);
    assertEquals(160, mebibytes());
  }

  @Test
  void version1IsFoundBelowTheRootOfItsMount() throws IOException {
    write("proc/self/cgroup", "9:name=systemd:/x\n4:cpu,memory:/docker/abc/job\n");
    write("proc/self/mountinfo", V1.formatted("/docker/abc"));
    group1("sys/fs/cgroup/memory/job", 500 * MIB, 100 * MIB, 60 * MIB);
    group1("sys/fs/cgroup/memory", Long.MAX_VALUE, 900 * MIB, 0);
    assertEquals(470, mebibytes());
    write("proc/self/cgroup", "4:memory:/docker/abc\n");
    assertEquals(1034, mebibytes(), "Long.MAX_VALUE is no limit");
  }

  @Test
  void aGroupOutsideTheMountFallsBackToTheMount() throws IOException {
    write("proc/self/cgroup", "4:memory:/elsewhere/../..\n");
    write("proc/self/mountinfo", V1.formatted("/docker/abc"));
    group1("sys/fs/cgroup/memory", 300 * MIB, 100 * MIB, 0);
    assertEquals(210, mebibytes());
  }

  @Test
  void aFullGroupLeavesWhatTheProcessHas() throws IOException {
    write("proc/self/cgroup", "0::/job\n");
    write("proc/self/mountinfo", V2.formatted("/"));
    group2("sys/fs/cgroup/job", "" + 100 * MIB, 120 * MIB, 0);
    assertEquals(10, mebibytes());
  }

  @Test
  void theAddressSpaceIsALimit() throws IOException {
    write(
        "proc/self/limits", "Max address space         419430400            unlimited     bytes\n");
    assertEquals(210, mebibytes());
    assertTrue(now().limit().contains("ulimit -v"), now().limit());
  }

  @Test
  void nonsenseAndMissingFilesAreNoLimits() throws IOException {
    write("proc/self/cgroup", "broken\n0::/job\n4:memory\n");
    write("proc/self/mountinfo", "x - \n - cgroup2\n" + V2.formatted("/"));
    write("sys/fs/cgroup/job/memory.max", "soon\n");
    assertEquals(1034, mebibytes());
    assertEquals(FreeMemory.ofMachine(), FreeMemory.of(root.resolve("nothing")).bytes());
  }

  @Test
  void thisMachineHasSome() {
    FreeMemory here = FreeMemory.now();
    assertTrue(here.bytes() > 0 && here.bytes() >= here.taken(), here.toString());
  }

  private FreeMemory now() {
    return FreeMemory.of(root);
  }

  private long mebibytes() {
    return now().bytes() / MIB;
  }

  private void group2(String folder, String max, long current, long file) throws IOException {
    write(folder + "/memory.max", max + "\n");
    write(folder + "/memory.current", current + "\n");
    write(folder + "/memory.stat", "anon 5\ninactive_file " + file + "\ninactive_file_x 7\n");
  }

  private void group1(String folder, long limit, long usage, long file) throws IOException {
    write(folder + "/memory.limit_in_bytes", limit + "\n");
    write(folder + "/memory.usage_in_bytes", usage + "\n");
    write(folder + "/memory.stat", "inactive_file 1\ntotal_inactive_file " + file + "\n");
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
