// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.KernelSet;
import dev.unerring.ffi.NativeLibrary;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * The CPU kernel sets of this machine and this build.
 *
 * @param supported bound kernels, one a set
 * @param unsupported the other sets
 */
record KernelSets(List<CpuKernels> supported, List<KernelSet> unsupported) {
  /** Finds them; without a native library it says so on stderr and the test counts as skipped. */
  static KernelSets find() {
    NativeLibrary.Search search = NativeLibrary.search("cpu");
    if (search.library() == null) {
      String reason = "SKIPPED, no CPU kernels (make native): " + String.join("; ", search.tried());
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    long mask = CpuKernels.supported(search.library());
    List<CpuKernels> supported = new ArrayList<>();
    List<KernelSet> unsupported = new ArrayList<>();
    for (KernelSet set : KernelSet.values()) {
      if (set.in(mask)) {
        supported.add(new CpuKernels(search.library(), set));
      } else {
        unsupported.add(set);
      }
    }
    return new KernelSets(supported, unsupported);
  }

  /** The widest set. */
  CpuKernels best() {
    return supported.getLast();
  }

  /** For the summary line of a suite. */
  String summary() {
    return supported.stream().map(k -> k.set().label()).toList()
        + " compared, unsupported here: "
        + unsupported.size()
        + " "
        + unsupported.stream().map(KernelSet::label).toList();
  }
}
