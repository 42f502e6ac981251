"""Training speed of PyTorch on the network that `residual bench train --model cifar10-cnn` times.

    python3 -m venv .venv && .venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu
    .venv/bin/python experiments/peers/train_cifar10_cnn.py [--batch 128] [--threads 2] [--steps 8]

The same layers, loss and optimiser on random data; prints one JSON line for each memory format. The
memory allocator is told to keep its pages (MALLOC_* below), which makes PyTorch faster.
"""

import argparse
import json
import os
import statistics
import sys
import time

MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}
if any(os.environ.get(name) != value for name, value in MALLOC.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MALLOC})

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
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


def network():
    blocks = [(64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1)]
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
        *[Block(*shape) for shape in blocks],
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(256, 10))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    for name, memory_format in [
        ("channels_last", torch.channels_last), ("contiguous", torch.contiguous_format)
    ]:
        model = network().to(memory_format=memory_format).train()
        images = torch.randn(options.batch, 3, 32, 32).contiguous(memory_format=memory_format)
        labels = torch.randint(10, (options.batch,))
        optimizer = torch.optim.SGD(
            model.parameters(), lr=1e-3, momentum=0.9, nesterov=True, weight_decay=5e-4)
        times = []
        for step in range(options.steps + 2):
            start = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            loss.item()
            if step >= 2:
                times.append(time.perf_counter() - start)
        rates = sorted(options.batch / seconds for seconds in times)
        print(json.dumps({
            "bench": "train", "model": "cifar10-cnn", "peer": f"PyTorch {torch.__version__}, {name}",
            "batch": options.batch, "threads": options.threads,
            "images_per_second": round(statistics.median(rates), 1),
            "images_per_second_spread": [round(rates[0], 1), round(rates[-1], 1)],
        }))


main()
