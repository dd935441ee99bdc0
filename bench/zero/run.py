# SPDX-License-Identifier: Apache-2.0
"""Whole processes to zero training errors: `unerring train` against zero.py, pair by pair.

Both clocks run from the start of a process to its exit. PyTorch gets the better of 1 and 2 threads,
with or without channels_last, by a short measurement of its training step (step.py) before the
first pair of a set. Finished pairs are kept in bench/target/runs/zero.jsonl under the hash of the
jar and of the scripts, so that a run that broke off goes on. Needs nothing but Python's own library;
zero.py and step.py need torch. Progress goes to standard error, the table to standard output.
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.join(os.path.dirname(HERE), "target", "runs")
PAIRS = os.path.join(WORK, "zero.jsonl")
SETS = {  # file, network
    "breast": ("breastmnist.npz", "small"),
    "retina": ("retinamnist.npz", "small"),
    "adrenal3d": ("adrenalmnist3d.npz", "small3d"),
}
TARGETS = {"breast": 0.5, "retina": 0.5, "adrenal3d": 0.33}
PROBE_SECONDS = 2.0


def note(text):
    print(text, file=sys.stderr, flush=True)


def sha256(*files):
    digest = hashlib.sha256()
    for file in files:
        with open(file, "rb") as opened:
            digest.update(opened.read())
    return digest.hexdigest()


def clocked(command):
    """Seconds from start to exit, peak resident MiB, exit code, standard output."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return seconds, usage.ru_maxrss / unit, process.returncode, text


def has_torch(python):
    if not python:
        return "PYTHON= names no interpreter"
    try:
        probe = subprocess.run(
            [python, "-c", "import torch, numpy"], capture_output=True, text=True, check=False
        )
    except OSError:
        return "the interpreter that PYTHON= names does not start"
    return "" if probe.returncode == 0 else probe.stderr.strip().splitlines()[-1]


def best_choice(python, net):
    """Threads and layout with the fastest training step."""
    command = [python, os.path.join(HERE, "step.py"), net, str(PROBE_SECONDS)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    best = min(map(json.loads, lines), key=lambda row: statistics.median(row["milliseconds"]))
    return {"threads": best["threads"], "layout": best["layout"]}


def ours(program, file, seed):
    """One run of the program; its own count of errors decides whether it is at zero."""
    folder = tempfile.mkdtemp(prefix="zero-", dir=WORK)
    try:
        out = os.path.join(folder, "run")
        command = [program, "train", "--data", file, "--seed", str(seed), "--out", out]
        seconds, mebibytes, status, _ = clocked(command)
        with open(os.path.join(out, "result.json"), encoding="utf-8") as opened:
            result = json.load(opened)
    finally:
        shutil.rmtree(folder)
    return {
        "seconds": seconds,
        "peakMebibytes": mebibytes,
        "status": status,
        "epochs": result["epochs"],
        "trainErrors": result["trainErrors"],
        "testAcc": result["test"]["acc"],
    }


def theirs(python, file, net, seed, choice):
    command = [python, os.path.join(HERE, "zero.py"), file, net, "--seed", str(seed)]
    command += ["--threads", str(choice["threads"])]
    command += ["--channels-last"] if choice["layout"] == "channels_last" else []
    seconds, mebibytes, status, text = clocked(command)
    if status != 0:
        sys.exit(f"zero.py on {file} ends with {status}")
    result = json.loads(text)
    result.update(choice, seconds=seconds, peakMebibytes=mebibytes)
    return result


def finished(key):
    """The pairs that were measured under this key."""
    if not os.path.exists(PAIRS):
        return []
    with open(PAIRS, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.endswith("}\n")]
    return [row for row in rows if all(row[name] == value for name, value in key.items())]


def measure(args, key):
    for name in args.sets:
        file, net = SETS[name]
        path = os.path.join(args.data, file)
        if not os.path.exists(path):
            note(f"{name}: skipped, {path} is not there (DATA= names the folder)")
            continue
        done = {pair["seed"]: pair for pair in finished(key) if pair["set"] == name}
        missing = [seed for seed in args.seeds if seed not in done]
        if not missing:
            continue
        note(f"{name}: choosing PyTorch's threads and layout")
        choice = best_choice(args.python, net)
        note(f"{name}: PyTorch with {choice['threads']} threads, {choice['layout']}")
        for seed in missing:
            pair = {"set": name, "seed": seed, **key, "load": os.getloadavg()[0]}
            pair["unerring"] = ours(args.program, path, seed)
            pair["pytorch"] = theirs(args.python, path, net, seed, choice)
            with open(PAIRS, "a", encoding="utf-8") as lines:
                lines.write(json.dumps(pair) + "\n")
            note(f"{name} seed {seed}: " + " against ".join(map(told(pair), ("unerring", "pytorch"))))


def told(pair):
    def tell(who):
        run = pair[who]
        return (
            f"{who} {run['seconds']:.1f} s, {run['epochs']} epochs, {run['trainErrors']} errors, "
            f"ACC {run['testAcc']:.3f}, {run['peakMebibytes']:.0f} MiB"
        )

    return tell


def line(cells):
    print("{:<10} {:>3} {:>22} {:>22} {:>6} {:>13} {:>7} {:>6} {:>7} {:>11}  {}".format(*cells))


def table(args, key):
    line(
        ["set", "n", "unerring s (min..max)", "PyTorch s (min..max)", "ratio", "(min..max)", "target"]
        + ["ACC", "ACC(Py)", "MiB/MiB(Py)", "status"]
    )
    for name in args.sets:
        pairs = [p for p in finished(key) if p["set"] == name and p["seed"] in args.seeds]
        if not pairs:
            print(f"{name:<10} not measured")
            continue
        own = [pair["unerring"] for pair in pairs]
        peer = [pair["pytorch"] for pair in pairs]
        ratios = [a["seconds"] / b["seconds"] for a, b in zip(own, peer)]
        ratio = statistics.median(ratios)
        accuracy = [statistics.mean(run["testAcc"] for run in runs) for runs in (own, peer)]
        at_zero = all(run["trainErrors"] == 0 for run in own + peer)
        reached = ratio <= TARGETS[name] and accuracy[0] >= accuracy[1] and len(pairs) >= 5
        status = "reached" if reached else "not reached"
        if len(pairs) < 5:
            status += ", fewer than 5 seeds"
        if not at_zero:
            status += ", some runs end above zero"
        peak = [max(run["peakMebibytes"] for run in runs) for runs in (own, peer)]
        line(
            [name, len(pairs), spread(own), spread(peer), f"{ratio:.2f}"]
            + [f"{min(ratios):.2f}..{max(ratios):.2f}", TARGETS[name]]
            + [f"{accuracy[0]:.3f}", f"{accuracy[1]:.3f}", f"{peak[0]:.0f}/{peak[1]:.0f}", status]
        )
    print("ACC: mean test accuracy, of a plan that was frozen before; seconds: median of whole processes")


def spread(runs):
    seconds = [run["seconds"] for run in runs]
    return f"{statistics.median(seconds):.1f} ({min(seconds):.1f}..{max(seconds):.1f})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--jar", required=True)
    parser.add_argument("--python", default="")
    parser.add_argument("--data", default=os.path.expanduser("~/.medmnist"))
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(5)))
    args = parser.parse_args()
    reason = has_torch(args.python)
    if reason:
        print(f"bench-zero: skipped, {reason}")
        return
    os.makedirs(WORK, exist_ok=True)
    scripts = [os.path.join(HERE, name) for name in ("zero.py", "nets.py")]
    key = {"jar": sha256(args.jar), "scripts": sha256(*scripts)}
    measure(args, key)
    table(args, key)


if __name__ == "__main__":
    main()
