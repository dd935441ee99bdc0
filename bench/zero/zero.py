# SPDX-License-Identifier: Apache-2.0
"""Trains a network in PyTorch until it makes no error on its training set, as a user would.

Usage: zero.py FILE.npz NET --seed S --threads T [--channels-last]
Adam 1e-3, batches of 128 (3D: 32), inputs (x / 255 - 0.5) / 0.5, no schedule. After every epoch the
errors of the whole training set are counted in evaluation mode; ends at zero. One line of JSON.
"""

import argparse
import json
import time

import numpy
import torch
from torch import nn

import nets

RATE = 1e-3


def split(data, name, channels_last):
    images = torch.from_numpy(data[name + "_images"]).float()
    images = images.permute(0, 3, 1, 2) if images.shape[-1] == 3 else images.unsqueeze(1)
    images = nets.layout(((images / 255 - 0.5) / 0.5).contiguous(), channels_last, images.dim() == 5)
    return images, torch.from_numpy(data[name + "_labels"].astype(numpy.int64)).flatten()


def errors(net, images, labels, batch):
    net.eval()
    with torch.inference_mode():
        wrong = sum(
            (net(images[i : i + batch]).argmax(1) != labels[i : i + batch]).sum().item()
            for i in range(0, len(labels), batch)
        )
    net.train()
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("net")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--epochs", type=int, default=300)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    start = time.perf_counter()
    data = numpy.load(args.file)
    images, labels = split(data, "train", args.channels_last)
    test_images, test_labels = split(data, "test", args.channels_last)
    deep = images.dim() == 5
    batch = 32 if deep else 128
    net = nets.NETS[args.net](images.shape[1], int(labels.max()) + 1)
    net = nets.layout(net, args.channels_last, deep).train()
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    loss_of = nn.CrossEntropyLoss()
    left = len(labels)
    epoch = 0
    while left > 0 and epoch < args.epochs:
        epoch += 1
        for chosen in torch.randperm(len(labels)).split(batch):
            optimizer.zero_grad(set_to_none=True)
            loss_of(net(images[chosen]), labels[chosen]).backward()
            optimizer.step()
        left = errors(net, images, labels, batch)
    wrong = errors(net, test_images, test_labels, batch)
    print(
        json.dumps(
            {
                "epochs": epoch,
                "trainErrors": left,
                "testAcc": 1 - wrong / len(test_labels),
                "secondsWithin": time.perf_counter() - start,
                "torch": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
