# SPDX-License-Identifier: Apache-2.0
"""Training steps of one network in PyTorch, for each number of threads and memory layout.

Usage: step.py NET SECONDS; one line of JSON for each combination.
"""

import json
import sys
import time

import torch
from torch import nn

import nets

SHAPES = {  # batch, shape of an image, classes
    "small": (128, (1, 28, 28), 2),
    "small3d": (32, (1, 28, 28, 28), 2),
    "resnet18": (128, (3, 28, 28), 5),
}
SAMPLES = 5
LAYOUTS = (
    "channels_last",
    "contiguous",
    "channels_last bf16",
    "channels_last bf16 compiled",
)


def prepare(name, channels_last, bf16=False, compiled=False):
    """A step as a function without arguments."""
    batch, shape, classes = SHAPES[name]
    deep = len(shape) == 4
    torch.manual_seed(0)
    net = nets.layout(nets.NETS[name](shape[0], classes), channels_last, deep).train()
    pixels = nets.layout(torch.rand(batch, *shape) * 2 - 1, channels_last, deep)
    labels = torch.arange(batch) % classes
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    run = torch.compile(net) if compiled else net

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            logits = run(pixels)
        loss = loss_of(logits.float(), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def timed(step, seconds):
    """Milliseconds of a step, one sample for each fifth of the time."""
    step()
    step()
    samples = []
    for _ in range(SAMPLES):
        start = time.perf_counter()
        count = 0
        while count == 0 or time.perf_counter() - start < seconds / SAMPLES:
            step()
            count += 1
        samples.append(1e3 * (time.perf_counter() - start) / count)
    return samples


def measured(name, seconds):
    """All combinations, as dictionaries."""
    for threads in (2, 1):
        torch.set_num_threads(threads)
        for layout in LAYOUTS:
            try:
                step = prepare(name, "last" in layout, "bf16" in layout, "compiled" in layout)
                milliseconds = timed(step, seconds)
            except Exception as error:  # torch.compile needs a C++ compiler
                print(f"step.py: {name}, {layout}: {error}", file=sys.stderr)
                continue
            yield {
                "net": name,
                "batch": SHAPES[name][0],
                "threads": threads,
                "layout": layout,
                "torch": torch.__version__,
                "milliseconds": milliseconds,
            }


if __name__ == "__main__":
    for row in measured(sys.argv[1], float(sys.argv[2])):
        print(json.dumps(row), flush=True)
