# SPDX-License-Identifier: Apache-2.0
"""PyTorch's images per second in training, beside those of GpuBenchmark: the same networks, image
sizes, batches and optimiser, on data that lie on the GPU. Argument: the JSON file to write."""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def block(inputs, outputs, padding=0):
    return [nn.Conv2d(inputs, outputs, 3, padding=padding), nn.BatchNorm2d(outputs), nn.ReLU()]


def small():
    return nn.Sequential(
        *block(1, 16), *block(16, 16), nn.MaxPool2d(2), *block(16, 64), *block(64, 64),
        *block(64, 64, 1), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(),
        nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 2))


class Basic(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def resnet18():
    layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    width = 64
    for stage, channels in enumerate([64, 128, 256, 512]):
        for i in range(2):
            layers.append(Basic(width, channels, 2 if stage > 0 and i == 0 else 1))
            width = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 5))


def settings(mode):
    """fp32: no TF32; default: PyTorch's own choice (TF32 in convolutions)."""
    torch.backends.cuda.matmul.allow_tf32 = mode in ("tf32", "bf16")
    torch.backends.cudnn.allow_tf32 = mode != "fp32"
    torch.backends.cudnn.deterministic = mode != "default"
    torch.backends.cudnn.benchmark = mode == "default"


def measure(name, net, channels, classes, batch, mode, compiled):
    settings(mode)
    torch.manual_seed(0)
    net = net().cuda().to(memory_format=torch.channels_last)
    step_net = torch.compile(net, mode="reduce-overhead") if compiled else net
    optimiser = torch.optim.Adam(net.parameters(), 1e-3, fused=True)
    images = torch.randint(0, 256, (4 * batch, channels, 28, 28), dtype=torch.uint8, device="cuda")
    labels = torch.arange(4 * batch, device="cuda") % classes

    def step(i):
        at = i % 4 * batch
        x = images[at:at + batch].to(memory_format=torch.channels_last).float().div(127.5).sub(1)
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=mode == "bf16"):
            loss = F.cross_entropy(step_net(x), labels[at:at + batch])
        loss.backward()
        optimiser.step()
        return loss.item()  # as in the engine: the loss of each step is looked at

    for i in range(12):
        step(i)
    torch.cuda.synchronize()
    steps = 0
    start = time.perf_counter()
    while time.perf_counter() - start < 1.5:
        for _ in range(10):
            step(steps)
            steps += 1
    torch.cuda.synchronize()
    seconds = (time.perf_counter() - start) / steps
    return {"net": name, "batch": batch, "mode": mode, "compiled": compiled,
            "milliseconds": round(1e3 * seconds, 4), "imagesPerSecond": round(batch / seconds, 1)}


def main():
    rows = []
    cases = [("small", small, 1, 2, 128)] + [("resnet18", resnet18, 3, 5, b) for b in (128, 512, 1024)]
    # Compiled ones last and in order of interest: they may take minutes to compile.
    plan = [(case, mode, False) for case in cases for mode in ("fp32", "default", "tf32", "bf16")]
    plan += [(cases[i], mode, True) for i, mode in ((3, "tf32"), (3, "fp32"), (3, "bf16"), (0, "fp32"))]
    for (name, net, channels, classes, batch), mode, compiled in plan:
        try:
            row = measure(name, net, channels, classes, batch, mode, compiled)
        except Exception as error:  # a row that fails says so; the others count
            row = {"net": name, "batch": batch, "mode": mode, "compiled": compiled,
                   "failed": str(error).splitlines()[0] if str(error) else type(error).__name__}
        rows.append(row)
        print(json.dumps(row), flush=True)
        with open(sys.argv[1], "w") as file:  # after each row: a limit may end the process
            json.dump({"torch": torch.__version__, "cuda": torch.version.cuda,
                       "cudnn": torch.backends.cudnn.version(),
                       "gpu": torch.cuda.get_device_name(), "rows": rows}, file, indent=2)


main()
