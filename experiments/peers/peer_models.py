"""The registry's models in PyTorch: the same layers, so that both sides compute the same thing."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    """The basic block of residual networks."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


def cifar10_cnn():
    blocks = [(64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1)]
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
        *[Block(*shape) for shape in blocks],
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(256, 10))


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


def airbench94():
    """The network of Keller Jordan's airbench94 (https://github.com/KellerJordan/cifar10-airbench):
    a fixed whitening layer, three groups of two convolutions, batch norm without trained scale."""

    def norm(channels):
        layer = nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)
        layer.weight.requires_grad = False
        return layer

    def group(inputs, outputs):
        return [
            nn.Conv2d(inputs, outputs, 3, padding="same", bias=False), nn.MaxPool2d(2),
            norm(outputs), nn.GELU(),
            nn.Conv2d(outputs, outputs, 3, padding="same", bias=False), norm(outputs), nn.GELU()]

    whitening = nn.Conv2d(3, 24, 2, padding=0, bias=True)
    whitening.weight.requires_grad = False
    return nn.Sequential(
        whitening, nn.GELU(), *group(24, 64), *group(64, 256), *group(256, 256), nn.MaxPool2d(3),
        nn.Flatten(), nn.Linear(256, 10, bias=False), Scale(1 / 9))


def make(name):
    """The model and the number of its classes."""
    if name == "cifar10-cnn":
        return cifar10_cnn(), 10
    if name == "airbench94":
        return airbench94(), 10
    import torchvision.models
    return getattr(torchvision.models, name)(weights=None), 1000


def memory_format(channels_last):
    return torch.channels_last if channels_last else torch.contiguous_format
