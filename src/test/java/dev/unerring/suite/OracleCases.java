// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;

/**
 * The cases of operations.npz and the backends that must reproduce them.
 *
 * @param oracle expected values
 * @param backends the reference, and the CPU backend with the widest kernel set
 */
record OracleCases(OracleFile oracle, List<Backend> backends) implements AutoCloseable {
  /** One case on one backend. */
  @FunctionalInterface
  interface Check {
    void on(Backend backend, String name);
  }

  /** Reads the oracle and opens the backends; where either is absent, the suite is skipped. */
  static OracleCases open() {
    OracleFile oracle = OracleFile.read("operations.npz");
    String set = KernelSets.find().best().set().label();
    return new OracleCases(oracle, List.of(new ReferenceBackend(), CpuBackend.open(set, 2)));
  }

  /** The check for every case whose name starts with the prefix, on every backend. */
  Stream<DynamicTest> tests(String prefix, Check check) {
    List<String> names = oracle.cases(prefix);
    Assertions.assertFalse(names.isEmpty(), "the oracle has no case " + prefix);
    return backends.stream()
        .flatMap(backend ->
            names.stream()
                .map(name ->
                    DynamicTest.dynamicTest(
                        backend.name() + " " + name, () -> check.on(backend, name))));
  }

  @Override
  public void close() {
    backends.forEach(Backend::close);
  }
}
