# Unerring. `make help` prints the verbs; `make demo` and `make check` are the two to remember.
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

VERSION := $(shell sed -n 's,^  <version>\(.*\)</version>,\1,p' pom.xml)
MVN ?= mvn
JDK := $(shell .ci/find-jdk 25)
MAVEN = JAVA_HOME="$(JDK)" $(MVN)

JAR := target/unerring-$(VERSION).jar
CLI_JAR := target/unerring-cli.jar
IMAGE := target/unerring
UNERRING := $(IMAGE)/bin/unerring
STAMPS := target/stamps

# ---- native kernels -------------------------------------------------------------------------
MACHINE := $(shell uname -m | sed 's/^arm64$$/aarch64/; s/^amd64$$/x86_64/')
SYSTEM := $(shell uname -s | sed 's/^Linux$$/linux/; s/^Darwin$$/macos/')
LIBRARY_SUFFIX := $(if $(filter macos,$(SYSTEM)),dylib,so)
NATIVE := target/native/$(SYSTEM)-$(MACHINE)
CPU_LIBRARY := $(NATIVE)/libunerring_cpu.$(LIBRARY_SUFFIX)
OBJECTS := target/objects

KERNEL_SETS_x86_64 := avx512 avx512vnni avx2 portable
KERNEL_SETS_aarch64 := neon portable
KERNEL_SETS := $(or $(KERNEL_SETS_$(MACHINE)),portable)

# The compiler may not change the order or the rounding of any operation: no -ffast-math, no
# contraction into fused multiply-add (the kernels write each fma themselves).
CFLAGS_ORDERED := -O3 -std=gnu11 -fPIC -ffp-contract=off -fno-math-errno -fno-trapping-math \
  -fvisibility=hidden -Wall -Wextra -Werror -ffile-prefix-map=$(CURDIR)=.
CFLAGS_avx512 := -mavx512f -mavx512vl -mavx512dq -mavx512bw -mfma -mprefer-vector-width=512
CFLAGS_avx512vnni := $(CFLAGS_avx512) -mavx512vnni
CFLAGS_avx2 := -mavx2 -mfma
LDFLAGS_linux := -Wl,-z,defs -Wl,-z,noexecstack -Wl,--build-id=none

CPU_OBJECTS := $(OBJECTS)/cpu.o $(KERNEL_SETS:%=$(OBJECTS)/kernels_%.o)

# ---- kernels of the GPU: compiled where NVIDIA's compiler is there, else from source by NVRTC ----
NVCC ?= $(firstword $(shell command -v nvcc 2>/dev/null) $(wildcard /usr/local/cuda/bin/nvcc))
# It stands in the image beside the CPU library; the jar is the same with and without the compiler.
CUDA_FATBIN := $(if $(NVCC),target/cuda/lib/unerring_cuda.fatbin)
CUDA_SOURCES := $(wildcard native/cuda/*.cu native/cuda/*.cuh) native/cpu/ordered_math.h
# Machine code of 8.0 runs on all GPUs of 8.x that have none of their own, and so on; the code of
# compute_120 is for GPUs that are newer than the compiler.
CUDA_GPUS := 75 80 86 89 90 100 110 120
NVCC_ORDERED := -std=c++17 -O3 -fmad=false -prec-div=true -prec-sqrt=true -ftz=false -Inative/cpu

# The measuring stand: a Maven project of its own, and C loops made for this very machine.
BENCH := bench/target
BENCH_LIBRARY := $(BENCH)/native/libunerring_bench.$(LIBRARY_SUFFIX)
BENCH_CFLAGS := -O3 -std=gnu11 -fPIC -march=native -fvisibility=hidden -Wall -Wextra -Werror
BENCH_CFLAGS_peak := -ffp-contract=off
BENCH_CFLAGS_reductions_ordered := -ffp-contract=fast -fno-math-errno
BENCH_CFLAGS_reductions_free := -ffp-contract=fast -ffast-math
BENCH_OBJECTS := $(patsubst %,$(BENCH)/native/%.o,peak reductions_ordered reductions_free)
BENCH_CLASSES := $(BENCH)/classes:$(JAR):$(BENCH)/lib/*:$(BENCH)/natives/onednn/*
BENCH_CLASSES := $(BENCH_CLASSES):$(BENCH)/natives/openblas/*:$(BENCH)/natives/djl/*
BENCH_CLASSES := $(BENCH_CLASSES):$(BENCH)/natives/jcuda/*
BENCH_RUN = "$(JDK)/bin/java" -Xms1g -Xmx4g --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -Dbench.home=bench -Dbench.work=$(BENCH)/runs \
  -Dbench.library="$(CURDIR)/$(BENCH_LIBRARY)" -Dbench.program=$(UNERRING) -Dbench.jar=$(JAR) \
  -Dbench.python="$(PYTHON)" \
  -DDJL_CACHE_DIR="$(CURDIR)/$(BENCH)/djl" -Dai.djl.offline=true -Djmh.ignoreLock=true \
  -cp "$(BENCH_CLASSES)" dev.unerring.bench.Main

# ---- verbs ----------------------------------------------------------------------------------
.PHONY: build demo check check-exhaustive suite18 correction-study native checker tampering replay kernels \
  gpu-bundle gpu-check examples format golden reproducible bindings-diff clean help tools bench bench-quick bench-zero have-cc \
  have-jdk have-mvn

build: $(STAMPS)/image ## build the program: native kernels, jar, image target/unerring (the default)

demo: build ## build, then train the embedded demo set until no avoidable error is left
	@rm -rf target/demo
	$(UNERRING) train --data demo --out target/demo

check: $(CPU_LIBRARY) $(CUDA_FATBIN) | tools ## everything that must hold: formatting, warnings, all tests, the image
	@rm -rf target/surefire-reports
	@$(MAVEN) spotless:check verify || { status=$$?; echo; .ci/test-summary target/surefire-reports; exit $$status; }
	@mkdir -p $(STAMPS) && touch $(STAMPS)/jar
	@$(MAKE) --no-print-directory build
	@.ci/smoke-test $(VERSION) $(UNERRING)
	@.ci/smoke-test $(VERSION) "$(JDK)/bin/java" -jar $(CLI_JAR)
	@examples/run.sh "$(JDK)" $(JAR) target/examples
	@.ci/start-test "$(JDK)" $(JAR) $(CLI_JAR) target/lib/picocli-*.jar
	@.ci/test-summary target/surefire-reports

check-exhaustive: $(CPU_LIBRARY) | tools ## exp and log on all 2^32 inputs, Java and every kernel set, on all cores
	@$(MAVEN) -q test-compile -Dspotless.check.skip=true
	@"$(JDK)/bin/java" --enable-native-access=ALL-UNNAMED -cp target/test-classes:target/classes \
	  dev.unerring.suite.ExpLogExhaustive

# COUNTS=full: the published numbers of samples (hours); SETS="breastmnist ...": some sets only;
# ARCH: another network than auto; TRAIN_OPTIONS: more of them ("--device cuda --seed 1"). What has
# passed is kept until the program or the options change.
COUNTS ?= cut
ARCH ?= auto
TRAIN_OPTIONS ?=
suite18: build ## all 18 sets, as synthetic ones, with and without planted conflicts, to their floors
	@$(MAVEN) -q test-compile
	@"$(JDK)/bin/java" -Dsuite18.arch=$(ARCH) -Dsuite18.options="$(TRAIN_OPTIONS)" \
	  -cp target/test-classes:target/classes \
	  dev.unerring.suite.Suite18 $(UNERRING) $(JAR) target/suite18 $(COUNTS) $(SETS)

# DATASETS: folder of the real sets that go in. The archive needs driver, CUDA and cuDNN, but no JDK.
DATASETS ?= ../shared/datasets
GPU_BUNDLE := target/unerring-gpu-$(SYSTEM)-$(MACHINE).tar.gz
GPU_FOLDER := target/gpu-bundle/unerring-gpu
gpu-bundle: $(GPU_BUNDLE) ## one archive with which a machine with a GPU, but no JDK, runs gpu/run.sh
	@ls -l $(GPU_BUNDLE)

# SECTIONS="equality steps ...": some of gpu/run.sh only. Results: OUT, else target/gpu-results.
SECTIONS ?=
gpu-check: $(GPU_BUNDLE) ## on a machine with a GPU: all its tests, then its benchmarks, as JSON
	@OUT="$(or $(OUT),$(CURDIR)/target/gpu-results)" $(GPU_FOLDER)/run.sh $(SECTIONS)

# SEEDS="0 1 ..." (0 to 4); SETS="breastmnist ...": some sets only; DATA: folder of the published files
# (../shared/datasets). What is finished is kept (docs/correction.md, where the tables go).
correction-study: build ## the correctors and plain training from the same networks (hours)
	@$(MAVEN) -q test-compile
	@"$(JDK)/bin/java" --enable-native-access=ALL-UNNAMED -cp $(JAR):target/test-classes \
	  dev.unerring.suite.CorrectionStudy target/correction-study docs/correction.jsonl docs/correction.md \
	  "$(or $(DATA),../shared/datasets)" "$(or $(SEEDS),0 1 2 3 4)" $(SETS)

examples: $(STAMPS)/jar ## compile and run the programs of examples/, which embed the engine
	@examples/run.sh "$(JDK)" $(JAR) target/examples

native: $(CPU_LIBRARY) ## build the C kernels only

# A second checker of certificates in C, which shares no code with the program; needs zlib's header.
CHECKER := target/unerring-check
CHECKER_CFLAGS := -O3 -std=c11 -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror
checker: $(CHECKER) ## build the second checker of certificates, target/unerring-check (C and zlib only)
	@echo "$(CHECKER) certificate.json data.npz model.safetensors"

# EACH=40: how many changes of each kind are made to a certificate and its files.
tampering: | tools ## 1,000 and more generated changes of a certificate: all must be refused (minutes)
	@$(MAVEN) -q test -Dspotless.check.skip=true -Dtest='TamperingTest,CheckerTest' -Dtampering.each=$(or $(EACH),40)

replay: | tools ## all recorded kernel calls, on every kernel set and under emulation (minutes)
	@$(MAVEN) -q test -Dspotless.check.skip=true -Dtest=ReplayTest -Dreplay.one.of=1

kernels: $(CUDA_FATBIN) ## compile the kernels of the GPU for all GPUs (needs NVIDIA's nvcc)
	@$(if $(NVCC),ls -l $(CUDA_FATBIN),echo "no nvcc: the program carries the kernels' source, for NVRTC"; exit 1)

format: | have-jdk have-mvn ## format the Java sources
	$(MAVEN) -q spotless:apply

golden: $(CPU_LIBRARY) | tools ## rewrite the golden hashes (a commit of its own, with its reason)
	$(MAVEN) -q test -Dspotless.check.skip=true -Dtest='GoldenBitsTest,ResultGoldenTest' -Dgolden.update=true

reproducible: $(STAMPS)/jar ## build once more in another folder: the jars must be the same, byte for byte
	@JAVA_HOME="$(JDK)" .ci/reproducible $(MVN) $(notdir $(JAR)) $(notdir $(CLI_JAR)) \
	  unerring-$(VERSION)-sources.jar unerring-$(VERSION)-sbom.json

bindings-diff: | have-jdk have-mvn ## compare the CUDA bindings with what jextract reads from CUDA_INCLUDE=a:b:c
	@$(MAVEN) -q test-compile -Dspotless.check.skip=true
	@native/abi/bindings-diff "$(JDK)"

# PYTHON names an interpreter with torch; without one its rows are skipped and say so. Results go to
# bench/results; docs/benchmarks.md says how to read them.
PYTHON ?=
# ONLY=inference: the benchmarks of one name (docs/benchmarks.md); they are printed and kept below bench/target.
ONLY ?=
bench: $(BENCH)/stamps/ready ## measure everything, other libraries in the same run (about 20 minutes)
	@$(BENCH_RUN) full $(if $(ONLY),$(BENCH)/only $(ONLY),bench/results)

bench-quick: $(BENCH)/stamps/ready ## measure the main shapes only (a few minutes)
	@$(BENCH_RUN) quick $(if $(ONLY),$(BENCH)/only $(ONLY),bench/results)

# SETS="breast retina adrenal3d", SEEDS="0 1 ...": which pairs; DATA: the folder of the npz files, not
# ~/.medmnist. What is finished is kept until the program changes.
bench-zero: build ## whole processes to zero training errors, against PyTorch (PYTHON=), pair by pair
	@python3 bench/zero/run.py --program $(UNERRING) --jar $(JAR) --python "$(PYTHON)" \
	  $(if $(DATA),--data "$(DATA)") $(if $(SETS),--sets $(SETS)) $(if $(SEEDS),--seeds $(SEEDS))

clean: ## remove everything that was built
	rm -rf target $(BENCH)

help: ## print this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 24

# ---- what is missing, in one line -----------------------------------------------------------
tools: have-cc have-jdk have-mvn

have-cc:
	@command -v $(firstword $(CC)) >/dev/null || { echo "missing: a C compiler; install gcc or clang, or name one with CC=..." >&2; exit 1; }

have-jdk:
	@[ -n "$(JDK)" ] || { echo "missing: a JDK, version 25 or later; install one, or name it with JAVA_HOME=..." >&2; exit 1; }

have-mvn:
	@command -v $(firstword $(MVN)) >/dev/null || { echo "missing: Maven 3.8 or later; install it, or name it with MVN=..." >&2; exit 1; }

# ---- files ----------------------------------------------------------------------------------
$(OBJECTS)/%.o: native/cpu/%.c Makefile | $(if $(filter native,$(MAKECMDGOALS)),have-cc,tools)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ORDERED) $(CFLAGS_$(patsubst kernels_%,%,$*)) -MMD -MP -c $< -o $@

-include $(CPU_OBJECTS:.o=.d)

$(CPU_LIBRARY): $(CPU_OBJECTS)
	@mkdir -p $(@D)
	$(CC) -shared $(LDFLAGS_$(SYSTEM)) $^ -lm -o $@

target/cuda/lib/unerring_cuda.fatbin: $(CUDA_SOURCES) Makefile
	@mkdir -p $(@D)
	@echo "nvcc $@"
	@$(NVCC) $(NVCC_ORDERED) -fatbin --compress-mode=size --threads 2 \
	  $(foreach gpu,$(CUDA_GPUS),-gencode=arch=compute_$(gpu),code=sm_$(gpu)) -gencode=arch=compute_120,code=compute_120 \
	  native/cuda/kernels.cu -o $@ 2>target/cuda/nvcc.log || { cat target/cuda/nvcc.log >&2; exit 1; }

# Folders are prerequisites as well, so that a removed file is noticed.
JAR_INPUTS := pom.xml LICENSE src/main/launcher/CodeHash.java $(CUDA_SOURCES) \
  $(shell find .mvn src/main/java src/main/resources datasets native/cuda 2>/dev/null)

$(STAMPS)/jar: $(JAR_INPUTS) $(CPU_LIBRARY) | tools
	@echo "mvn package"
	@mkdir -p $(@D)
	@$(MAVEN) -q package -Dmaven.test.skip=true >target/maven.log 2>&1 || { cat target/maven.log >&2; exit 1; }
	@touch $@

# The module goes in as a jmod, because only a jmod carries native libraries into the image's lib.
# The AOT cache (JEP 483, 515) is made from a short training run in the same step, and its name holds
# the hash of the image's classes, so that a cache of other code is never taken for this one's. The
# run takes enough steps for profiles of them, on data with conflicts, which real sets have. The heap may
# take 70 % of the memory: what fits is decided by the estimate before a run, which counts the heap too.
OPTIONS := --enable-native-access=dev.unerring --add-modules=info.picocli,java.desktop -XX:MaxRAMPercentage=70 -XX:+UseSerialGC -XX:-UsePerfData
REHEARSAL := target/rehearsal
MAIN := -Dunerring.stderr.terminal=false -m dev.unerring/dev.unerring.cli.Main
SHA256 := $(if $(filter macos,$(SYSTEM)),shasum -a 256,sha256sum)
$(STAMPS)/image: $(STAMPS)/jar $(CUDA_FATBIN) $(wildcard src/main/launcher/*) Makefile
	@$(if $(NVCC),,echo "no nvcc: on a GPU the image compiles its kernels itself, by NVRTC")
	@rm -rf $(IMAGE) target/jmods target/modules $(REHEARSAL) && mkdir -p target/jmods target/modules
	@echo "jlink $(IMAGE)"
	@"$(JDK)/bin/jmod" create --class-path target/classes --exclude 'glob:dev/unerring/ffi/native/**' \
	  --libs $(NATIVE)$(if $(NVCC),:$(dir $(CUDA_FATBIN))) --module-version $(VERSION) target/jmods/dev.unerring.jmod
	@cp target/lib/picocli-*.jar target/modules/picocli.jar
	@"$(JDK)/bin/java" src/main/launcher/ModernClasses.java target/modules/picocli.jar
	@"$(JDK)/bin/jlink" --module-path target/jmods:target/modules --add-modules dev.unerring,java.desktop,info.picocli \
	  --add-options="$(OPTIONS)" \
	  --no-header-files --no-man-pages --generate-cds-archive --output $(IMAGE) \
	  >target/jlink.log 2>&1 || { cat target/jlink.log >&2; echo "jlink failed; does $(JDK) bring its modules (folder jmods)?" >&2; exit 1; }
	@echo "AOT cache"
	@mkdir $(REHEARSAL)
	@$(IMAGE)/bin/java $(MAIN) datasets demo --train 512 --val 64 --test 64 --conflicts 4 --seed 1 \
	  --out $(REHEARSAL)/demo.npz >$(REHEARSAL)/log 2>&1
	@hash=$$($(SHA256) <$(IMAGE)/lib/modules | cut -c1-16) && cache=unerring-$$hash.aot && \
	  { $(IMAGE)/bin/java -XX:AOTCacheOutput=$(IMAGE)/lib/$$cache $(MAIN) train --data $(REHEARSAL)/demo.npz \
	    --epochs 12 --corrector none --out $(REHEARSAL)/run >>$(REHEARSAL)/log 2>&1; \
	  [ -s $(IMAGE)/lib/$$cache ] || { cat $(REHEARSAL)/log >&2; exit 1; }; } && \
	  sed "s/@CACHE@/$$cache/" src/main/launcher/unerring >$(UNERRING) && chmod 755 $(UNERRING)
	@touch $@

# Vectors over outputs need the machine's fma; the bits are the same without.
$(CHECKER): native/checker/checker.c Makefile | have-cc
	@mkdir -p $(@D)
	$(CC) $(CHECKER_CFLAGS) -march=native $< -lz -lm -o $@

# ---- the measuring stand ----------------------------------------------------------------------
$(BENCH)/native/%.o: bench/native/%.c bench/native/reductions.inc Makefile | tools
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(BENCH_CFLAGS_$*) -c $< -o $@

$(BENCH_LIBRARY): $(BENCH_OBJECTS)
	$(CC) -shared $(LDFLAGS_$(SYSTEM)) $^ -lm -o $@

$(BENCH)/stamps/natives: bench/pom.xml bench/peers.sh | tools
	@echo "fetching the peers' native libraries"
	@mkdir -p $(@D)
	@JAVA_HOME="$(JDK)" bench/peers.sh $(MVN) bench/pom.xml $(BENCH)/natives $(SYSTEM) $(MACHINE)
	@touch $@

$(BENCH)/stamps/ready: bench/pom.xml $(shell find bench/src 2>/dev/null) $(STAMPS)/image \
  $(BENCH_LIBRARY) $(BENCH)/stamps/natives | tools
	@echo "mvn -f bench/pom.xml package"
	@$(MAVEN) -q -f bench/pom.xml package -Dengine.version=$(VERSION) >$(BENCH)/maven.log 2>&1 \
	  || { cat $(BENCH)/maven.log >&2; exit 1; }
	@touch $@

# The image of the bundle has a module more, for the tests, and no archive of classes, which is large.
$(GPU_BUNDLE): $(STAMPS)/image gpu/run.sh gpu/peer.py $(shell find src/test 2>/dev/null)
	@rm -rf target/gpu-bundle && mkdir -p $(GPU_FOLDER)/data $(GPU_FOLDER)/lib
	@$(MAVEN) -q test-compile -Dspotless.check.skip=true
	@$(MAVEN) -q dependency:copy-dependencies -DincludeScope=test -DoutputDirectory=$(GPU_FOLDER)/lib \
	  -DincludeGroupIds=org.junit.jupiter,org.junit.platform,org.opentest4j,org.apiguardian
	@echo "jlink $(GPU_FOLDER)"
	@"$(JDK)/bin/jlink" --module-path target/jmods:target/modules \
	  --add-modules dev.unerring,java.desktop,info.picocli,java.logging --add-options="$(OPTIONS)" \
	  --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-0 \
	  --output $(GPU_FOLDER)/unerring >target/jlink.log 2>&1 || { cat target/jlink.log >&2; exit 1; }
	@sed "s/@CACHE@/none/" src/main/launcher/unerring >$(GPU_FOLDER)/unerring/bin/unerring
	@chmod 755 $(GPU_FOLDER)/unerring/bin/unerring
	@cp -r target/classes target/test-classes gpu/run.sh gpu/peer.py $(GPU_FOLDER)
	@rm -rf $(GPU_FOLDER)/classes/dev/unerring/ffi/native
	@cp $(JAR) $(GPU_FOLDER)/unerring.jar
	@for set in breastmnist retinamnist adrenalmnist3d; do \
	  cp "$(DATASETS)/$$set.npz" $(GPU_FOLDER)/data/ || echo "gpu-bundle: without $$set (DATASETS=folder)"; done
	@chmod -R u+w $(GPU_FOLDER)
	@tar -C target/gpu-bundle -c unerring-gpu | gzip -9 >$@
	@[ "$$(wc -c <$@)" -lt 50000000 ] || { echo "gpu-bundle: $@ is larger than 50 MB" >&2; exit 1; }
