# SPDX-License-Identifier: Apache-2.0
"""The engine's networks in PyTorch: same layers, PyTorch's default initialisation."""

import torch
from torch import nn

CHANNELS = (64, 128, 256, 512)


def _block(conv, norm, inputs, outputs, pad):
    return [conv(inputs, outputs, 3, padding=pad), norm(outputs), nn.ReLU(inplace=True)]


def small(channels, classes):
    """Five convolutions and three linear layers for 28x28 images."""
    layers = []
    inputs = channels
    for index, (outputs, pad) in enumerate([(16, 0), (16, 0), (64, 0), (64, 0), (64, 1)]):
        layers += _block(nn.Conv2d, nn.BatchNorm2d, inputs, outputs, pad)
        inputs = outputs
        if index in (1, 4):
            layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(inplace=True)]
    layers += [nn.Linear(128, 128), nn.ReLU(inplace=True), nn.Linear(128, classes)]
    return nn.Sequential(*layers)


def small3d(channels, classes):
    """Three convolutions and two linear layers for 28x28x28 images."""
    layers = []
    inputs = channels
    for outputs in (16, 32, 64):
        layers += _block(nn.Conv3d, nn.BatchNorm3d, inputs, outputs, 1) + [nn.MaxPool3d(2)]
        inputs = outputs
    layers += [nn.Flatten(), nn.Linear(1728, 128), nn.ReLU(inplace=True), nn.Linear(128, classes)]
    return nn.Sequential(*layers)


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        return torch.relu_(self.main(x) + self.shortcut(x))


def resnet18(channels, classes):
    """ResNet-18 with a 3x3 stem and no pooling before the first stage."""
    layers = [nn.Conv2d(channels, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True)]
    inputs = 64
    for stage, outputs in enumerate(CHANNELS):
        for block in range(2):
            layers.append(Residual(inputs, outputs, 2 if stage > 0 and block == 0 else 1))
            inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes)]
    return nn.Sequential(*layers)


NETS = {"small": small, "small3d": small3d, "resnet18": resnet18}


def layout(tensor_or_net, channels_last, deep):
    """The same in channels_last memory, if so chosen."""
    if not channels_last:
        return tensor_or_net
    form = torch.channels_last_3d if deep else torch.channels_last
    return tensor_or_net.to(memory_format=form)
