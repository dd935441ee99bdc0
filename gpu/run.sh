#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks and measures the program on a machine with an NVIDIA GPU, its driver, CUDA and cuDNN; needs no
# JDK, no compiler and no network. Usage: run.sh [section ...]; without one: all that need less than
# eight minutes each ($LIMIT seconds). Results as JSON and log.txt go to $OUT, else to results/ beside
# this script; run folders to work/ there.
# Exit code 0: all passed; 1: something failed; 6: no GPU can be used.
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$here/results}
work=$here/work
mkdir -p "$OUT" "$work"
# nvidia-smi, compute-sanitizer and ldconfig, where the caller's PATH lacks them.
PATH=$PATH:/usr/local/nvidia/bin:/usr/local/cuda/bin:/usr/sbin:/sbin
export PATH
unerring=$here/unerring/bin/unerring
limit=${LIMIT:-450}
python=${PYTHON:-python3}
passed=0
failed=0

# The libraries of a Python environment, where nothing else is named; what it lacks, from the system.
if [ -z "$UNERRING_CUDA_PATH" ]; then
  packages=$("$python" -c 'import os, nvidia; print(":".join(map(os.path.abspath, nvidia.__path__)))' 2>/dev/null)
  if [ -n "$packages" ]; then
    UNERRING_CUDA_PATH=$packages:/usr/local/cuda:/usr/lib/$(uname -m)-linux-gnu:/usr/lib64
    export UNERRING_CUDA_PATH
  fi
fi
# The driver, where the loader knows a folder for it.
driver=$(ldconfig -p 2>/dev/null |
  sed -n 's,.*libcuda\.so\.1 .*x86-64.* => \(/.*\)/[^/]*$,\1,p' | head -n 1)
if [ -n "$driver" ]; then
  LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$driver
  export LD_LIBRARY_PATH
fi

say() { printf '%s\n' "$*"; }

# check NAME COMMAND...: a step with a limit of its own; what it prints is kept.
check() {
  name=$1
  shift
  say "---- $name"
  start=$(date +%s)
  timeout -k 20 "$limit" "$@" >"$work/$name.log" 2>&1
  status=$?
  { say "---- $name"; cat "$work/$name.log"; } >>"$OUT/log.txt"
  tail -n 40 "$work/$name.log"
  if grep '^REFUSED' "$work/$name.log" >>"$work/refused"; then
    say "REFUSED: cuDNN did not take every convolution of $name, ordered kernels stood in; see $OUT/log.txt"
  fi
  seconds=$(($(date +%s) - start))
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    say "passed: $name ($seconds s)"
  else
    failed=$((failed + 1))
    say "FAILED: $name (exit code $status, $seconds s), see $OUT/log.txt"
  fi
}

# The runtime's own copy of the program steps aside for classes and tests on the class path.
java() {
  "$here/unerring/bin/java" --limit-modules java.logging,jdk.management,java.desktop,java.net.http,info.picocli \
    --enable-native-access=ALL-UNNAMED --illegal-native-access=deny -Xmx16g \
    -Dgpu.data="$here/data" \
    -cp "$here/test-classes:$here/classes:$here/lib/*" "$@"
}

tests() { java dev.unerring.suite.RunTests "$@"; }

train() {
  rm -rf "$work/run-$1"
  to=$work/run-$1
  shift
  "$unerring" train --no-progress --out "$to" "$@"
}

value() { sed -n "s/^ *\"$2\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$1" | head -n 1; }

# The hashes of several processes are one.
one_hash() {
  hashes=$(for each in "$@"; do value "$work/run-$each/result.json" weightsSha256; done | sort -u)
  say "hashes: $hashes"
  [ -n "$hashes" ] && [ "$(say "$hashes" | wc -l)" -eq 1 ]
}

# What cuDNN refused in a run, loudly: those convolutions are no measurement of cuDNN.
refusals() {
  sed -n '/"cudnnRefused": *{ *$/,/}/s/^ *"\(.*\)$/REFUSED \1/p' "$work/run-$1/result.json" | grep -v cudnnRefused
}

fresh() {
  for n in 1 2 3 4 5 6; do
    train "fresh-$n" --data "$here/data/breastmnist.npz" --device cuda --arithmetic cudnn \
      --precision "$1" --epochs 2 --corrector none >/dev/null || [ $? -eq 3 ] || return 1
  done
  refusals fresh-1
  one_hash fresh-1 fresh-2 fresh-3 fresh-4 fresh-5 fresh-6
}

# Whole processes to zero errors: seconds of each, ordered and by cuDNN.
zero() {
  for set in breastmnist retinamnist; do
    for arithmetic in ordered cudnn; do
      for n in 1 2 3; do
        begin=$(date +%s.%N)
        train "zero-$set-$arithmetic" --data "$here/data/$set.npz" --device cuda --arithmetic $arithmetic \
          >"$work/zero.txt"
        status=$?
        end=$(date +%s.%N)
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || return 1 # 3: avoidable errors are left
        say "{\"set\": \"$set\", \"arithmetic\": \"$arithmetic\", \"exitCode\": $status, \"seconds\": $(say "$begin $end" |
          awk '{printf "%.2f", $2 - $1}'), \"trainErrors\": $(value "$work/run-zero-$set-$arithmetic/result.json" trainErrors)}"
      done
    done
  done | tee "$OUT/zero.jsonl"
  for set in breastmnist retinamnist; do refusals "zero-$set-cudnn"; done
  [ "$(grep -c '"exitCode": 0,' "$OUT/zero.jsonl")" -eq 12 ]
}

sanitized() {
  small=$here/data/breastmnist.npz
  [ -f "$small" ] || small=demo
  rm -rf "$work/run-sanitized-$1"
  compute-sanitizer --tool "$1" --error-exitcode 9 --print-limit 20 --target-processes all \
    "$here/unerring/bin/java" -m dev.unerring/dev.unerring.cli.Main train --data "$small" --device cuda \
    --epochs 1 --corrector none --no-progress --out "$work/run-sanitized-$1"
  status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
}

suite() {
  for seed in 0 1 2; do
    java -Dsuite18.options="--device cuda --seed $seed" dev.unerring.suite.Suite18 "$unerring" \
      "$here/unerring.jar" "$work/suite18-seed$seed" "${COUNTS:-full}" $SETS
    status=$?
    cp "$work/suite18-seed$seed/summary.json" "$OUT/suite18-seed$seed.json"
    [ "$status" -eq 0 ] || return 1
  done
}

usable() { "$unerring" doctor --json 2>/dev/null | grep -q '"situation": *"USABLE"'; }

clock=$(nvidia-smi --query-gpu=clocks.max.sm --format=csv,noheader,nounits 2>/dev/null |
  sed -n 's/^\([0-9][0-9]*\).*/\1/p' | head -n 1)

section() {
  case $1 in
    smoke) # what works without a GPU
      check doctor "$unerring" doctor
      rm -rf "$work/run-smoke"
      check demo-on-the-processor "$unerring" train --data demo --device cpu --no-progress --out "$work/run-smoke"
      check tests-without-a-gpu sh "$here/run.sh" --tests dev.unerring.suite.GpuEqualityTest \
        dev.unerring.suite.GpuRunTest dev.unerring.backend.cuda.GpuRepeatTest ;;
    doctor) check doctor "$unerring" doctor ;;
    equality) check equality sh "$here/run.sh" --tests dev.unerring.suite.GpuEqualityTest ;;
    runs) check runs sh "$here/run.sh" --tests dev.unerring.suite.GpuRunTest ;;
    repeat) check repeat sh "$here/run.sh" --tests dev.unerring.backend.cuda.GpuRepeatTest ;;
    fresh) for p in fp32 tf32 bf16; do check "fresh-$p" sh "$here/run.sh" --fresh $p; done ;;
    steps) check steps sh "$here/run.sh" --java dev.unerring.backend.cuda.GpuBenchmark steps "$OUT/steps.json" "${clock:-0}" ;;
    peer) check peer "$python" "$here/peer.py" "$OUT/peer.json" ;;
    convolutions) check convolutions sh "$here/run.sh" --java dev.unerring.backend.cuda.GpuBenchmark convolutions \
      "$OUT/convolutions.json" "${clock:-0}" ;;
    algorithms) check algorithms sh "$here/run.sh" --java dev.unerring.backend.cuda.GpuBenchmark algorithms \
      "$OUT/algorithms.json" "${clock:-0}" ;;
    zero) check zero sh "$here/run.sh" --zero ;;
    sanitizer)
      if command -v compute-sanitizer >/dev/null; then
        for tool in memcheck racecheck; do check "sanitizer-$tool" sh "$here/run.sh" --sanitized $tool; done
      else
        say "skipped: sanitizer, no compute-sanitizer here"
      fi ;;
    suite18) limit=${LIMIT:-570}; check suite18 sh "$here/run.sh" --suite ;; # resumable: run it again to go on
    *) say "run.sh: no section '$1'"; failed=$((failed + 1)) ;;
  esac
}

case $1 in
  --tests) shift; tests "$@"; exit ;;
  --java) shift; java "$@"; exit ;;
  --fresh) fresh "$2"; exit ;;
  --zero) zero; exit ;;
  --sanitized) sanitized "$2"; exit ;;
  --suite) suite; exit ;;
esac

[ $# -gt 0 ] || set -- doctor equality runs repeat fresh steps peer convolutions algorithms zero sanitizer
if [ "$*" != smoke ] && ! usable; then
  "$unerring" doctor | sed -n 's/^verdict *GPU: /no GPU can be used: /p' >&2
  exit 6
fi
rm -f "$work/refused"
for each in "$@"; do section "$each"; done
[ -s "$work/refused" ] && say "cuDNN refused $(sort -u "$work/refused" | wc -l) passes: their figures are those of ordered kernels"
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
