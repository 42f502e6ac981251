"""Makes the golden files of the NN tests with PyTorch, torchvision and safetensors.

    python make_fixtures.py            # rewrites everything beside this script

PyTorch computes in float64, so the files hold the truth and what the tests measure is the float32
error of the product. Weights and images come from formula.py.

A float32 result on the wrong side of a ReLU's kink changes gradients by far more than rounding
does, whoever computes. Therefore each normalisation in front of a ReLU gets a bias (a multiple of
1/1024 in [-1/8, 1/8), one byte in the file) that keeps all its outputs away from zero: the smallest
is printed, relative to the layer's root mean square. The biases are small, because large ones
switch whole channels on or off: either the masks no longer matter or the network becomes chaotic.
"""

import math
import os
import re
import sys

import numpy as np
import safetensors.numpy
import safetensors.torch
import torch
import torchvision
from torchvision.models.resnet import BasicBlock

from formula import hashes, philox_words, samples, uniform

FOLDER = os.path.dirname(os.path.abspath(__file__))


class SmallCNN(torch.nn.Module):
    """The cifar10-cnn of the product. The mask of the dropout is the product's own."""

    SEED, STEP = 77, 5

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(64)
        self.relu = torch.nn.ReLU()
        self.layer1 = torch.nn.Sequential(self.block(64, 64, 1))
        self.layer2 = torch.nn.Sequential(self.block(64, 128, 2), self.block(128, 128, 1))
        self.layer3 = torch.nn.Sequential(self.block(128, 256, 2), self.block(256, 256, 1))
        self.fc = torch.nn.Linear(256, 10)

    @staticmethod
    def block(inputs, outputs, stride):
        shortcut = None
        if stride != 1 or inputs != outputs:
            shortcut = torch.nn.Sequential(
                torch.nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                torch.nn.BatchNorm2d(outputs))
        return BasicBlock(inputs, outputs, stride, shortcut)

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x))).mean(dim=(2, 3))
        if self.training:
            words = philox_words(self.SEED, 4, self.STEP, 0, x.numel())
            keep = torch.tensor((words / 2.0**32 >= 0.5).reshape(x.shape))
            x = x * keep * 2
        return self.fc(x)


class AirbenchGroup(torch.nn.Module):
    def __init__(self, inputs, outputs, depth):
        super().__init__()
        self.depth = depth
        self.conv1 = torch.nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn1 = self.normalization(outputs)
        self.conv2 = torch.nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = self.normalization(outputs)
        if depth == 3:
            self.conv3 = torch.nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
            self.bn3 = self.normalization(outputs)

    def normalization(self, channels):
        layer = torch.nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4 if self.depth == 2 else 0.1)
        layer.weight.requires_grad = False
        return layer

    def forward(self, x):
        gelu, pool = torch.nn.functional.gelu, torch.nn.functional.max_pool2d
        inner = gelu(self.bn1(pool(self.conv1(x), 2)))
        x = gelu(self.bn2(self.conv2(inner)))
        return gelu(self.bn3(self.conv3(x)) + inner) if self.depth == 3 else x


class Airbench(torch.nn.Module):
    """The airbench94 of the product, and with groups of depth 3 its airbench96."""

    def __init__(self, widths, classes, depth=2):
        super().__init__()
        self.whiten = torch.nn.Conv2d(3, 24, 2)
        self.whiten.weight.requires_grad = False
        self.layer1 = AirbenchGroup(24, widths[0], depth)
        self.layer2 = AirbenchGroup(widths[0], widths[1], depth)
        self.layer3 = AirbenchGroup(widths[1], widths[2], depth)
        self.fc = torch.nn.Linear(widths[2], classes, bias=False)

    def forward(self, x):
        x = torch.nn.functional.gelu(self.whiten(x))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(torch.nn.functional.max_pool2d(x, 3).flatten(1)) / 9


# name: (model, images, height, width, classes)
MODELS = {
    "airbench94": (lambda: Airbench([64, 256, 256], 10), 2, 32, 32, 10),
    "airbench96": (lambda: Airbench([128, 384, 512], 10, 3), 2, 32, 32, 10),
    "cifar10-cnn": (SmallCNN, 5, 32, 32, 10),
    "resnet18": (torchvision.models.resnet18, 3, 72, 56, 1000),
    "resnet34": (torchvision.models.resnet34, 3, 72, 56, 1000),
    "resnet50": (torchvision.models.resnet50, 3, 72, 56, 1000),
    "resnet101": (torchvision.models.resnet101, 3, 72, 56, 1000),
}


def fill(model):
    """Weights from the formula, by the rules of `formulaState` in Formula.swift."""
    for k, (name, tensor) in enumerate(model.state_dict().items()):
        u = uniform(k, tensor.numel()).reshape(tuple(tensor.shape))
        one = np.float32(1)
        if name.endswith("num_batches_tracked"):
            value = np.array(3)
        elif tensor.ndim == 4:
            value = u * np.float32(math.sqrt(6 / tensor[0].numel()))
        elif tensor.ndim == 2:
            value = u * np.float32(math.sqrt(6 / tensor.shape[1]))
        elif name.endswith("running_var"):
            value = one + u * np.float32(0.5)
        elif name.endswith("running_mean"):
            value = u * np.float32(0.25)
        elif name.endswith("bn3.weight"):  # damped, as the many blocks add up
            value = np.float32(0.25) + u * np.float32(0.0625)
        elif name.endswith("bn2.weight"):
            value = np.float32(0.5) + u * np.float32(0.125)
        elif name.endswith("weight"):
            value = one + u * np.float32(0.25)
        elif name == "fc.bias" or ".downsample." in name:
            value = u * np.float32(0.125)
        else:
            value = np.zeros_like(u)
        tensor.copy_(torch.tensor(np.asarray(value)))


def clear_kinks(model, x):
    """One training pass that sets the biases in front of ReLUs; returns them and the margin."""
    candidates = (np.arange(256) - 128) / 1024
    last = {}
    chosen = {}
    margins = []
    mixed = []

    def seen(name):
        return lambda module, inputs, output: last.update(name=name, module=module)

    def adjust(_, inputs):
        values = inputs[0].detach().numpy()
        channels = values.transpose(1, 0, 2, 3).reshape(values.shape[1], -1)
        codes = np.zeros(len(channels), dtype=np.uint8)
        for c, row in enumerate(channels):
            shifted = row[:, None] + candidates[None]
            active = (shifted > 0).mean(axis=0)
            margin = np.abs(shifted).min(axis=0)
            codes[c] = margin.argmax()
            mixed.append(0 < active[codes[c]] < 1)
        offsets = candidates[codes]
        chosen[last["name"] + ".bias"] = codes
        last["module"].bias.data.copy_(torch.tensor(offsets))
        shifted = inputs[0] + torch.tensor(offsets)[None, :, None, None]
        margins.append((shifted.abs().min() / shifted.pow(2).mean().sqrt()).item())
        return (shifted,)

    hooks = []
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.ReLU):
            hooks.append(module.register_forward_pre_hook(adjust))
        elif re.search(r"(^|\.)bn\d$", name):
            hooks.append(module.register_forward_hook(seen(name)))
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return chosen, min(margins), np.mean(mixed)


BIAS_SEED = 66_000


def smooth_biases(model):
    """Biases for a network without kinks, as `clear_kinks` returns them: random ones, of a seed with
    which no two candidates of a maximum are close."""
    chosen = {}
    for k, (name, parameter) in enumerate(model.named_parameters()):
        if name.endswith("bias"):
            codes = (hashes(BIAS_SEED + k, parameter.numel()) & np.uint32(255)).astype(np.uint8)
            chosen[name] = codes
            parameter.data.copy_(torch.tensor((codes.astype(np.float64) - 128) / 1024))
    return chosen


def smooth_pooling_gap(model, x):
    """As `pooling_gap`, for all maxima of a network without ReLU."""
    gaps = []
    whole = torch.nn.functional.max_pool2d

    def watched(y, size):
        patches = torch.nn.functional.unfold(
            y.reshape(-1, 1, *y.shape[2:]), size, stride=size)
        top = patches.topk(2, dim=1).values
        gaps.append(((top[:, 0] - top[:, 1]).min() / y.pow(2).mean().sqrt()).item())
        return whole(y, size)

    torch.nn.functional.max_pool2d = watched
    with torch.no_grad():
        model(x)
    torch.nn.functional.max_pool2d = whole
    return min(gaps)


def pooling_gap(model, x):
    """The least relative distance of a pooled maximum to the runner-up: where it is tiny, rounding
    could send a gradient elsewhere."""
    if isinstance(model, Airbench):
        return smooth_pooling_gap(model, x)
    if not hasattr(model, "maxpool"):
        return math.inf
    with torch.no_grad():
        y = model.relu(model.bn1(model.conv1(x)))
    patches = torch.nn.functional.unfold(y, 3, padding=1, stride=2).reshape(
        y.shape[0], y.shape[1], 9, -1)
    top = patches.topk(2, dim=2).values
    gaps = (top[:, :, 0] - top[:, :, 1])[top[:, :, 0] > 0]
    return (gaps.min() / y.pow(2).mean().sqrt()).item()


def model_golden(name):
    make, count, height, width, classes = MODELS[name]
    model = make()
    fill(model)
    model = model.double().train()
    x = torch.tensor(uniform(10_000, count * 3 * height * width)).double() * 2
    x = x.reshape(count, 3, height, width)
    labels = torch.tensor([(7 * i + 3) % classes for i in range(count)])
    if isinstance(model, Airbench):
        biases, margin, mixed = smooth_biases(model), math.inf, 1
    else:
        biases, margin, mixed = clear_kinks(model, x)
    statistics = {k: v for k, v in model.state_dict().items() if "running" in k}
    fill_again = {k: v.clone() for k, v in model.state_dict().items() if k in biases}
    gap = pooling_gap(model, x)
    fill(model)  # the passes above moved the running statistics
    model.load_state_dict(fill_again, strict=False)
    model.eval()
    with torch.no_grad():
        inference = model(x)
    model.train()
    logits = model(x)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    parameters = [(key, tensor) for key, tensor in model.named_parameters()
                  if tensor.requires_grad]
    gradients = [samples(p, tensor.grad) for p, (_, tensor) in enumerate(parameters)]
    after = [
        samples(1_000 + s, model.state_dict()[key]) for s, key in enumerate(statistics)
    ]
    codes = np.concatenate([biases[key] for key, _ in parameters if key in biases])
    norm = math.sqrt(sum(t.grad.pow(2).sum().item() for _, t in parameters))
    rms = inference.pow(2).mean().sqrt().item()
    print(f"{name}: loss {loss.item():.6f}, inference rms {rms:.3f}, gradient norm {norm:.3f}, "
          f"distance from kinks {margin:.1e}, of pooled maxima {gap:.1e}, "
          f"channels with both signs {mixed:.3f}")
    return {
        f"{name}.biases": codes,
        f"{name}.inference": inference.numpy().astype(np.float32),
        f"{name}.training": logits.detach().numpy().astype(np.float32),
        f"{name}.loss": np.array(loss.item(), dtype=np.float32),
        f"{name}.gradients": np.stack(gradients).astype(np.float32),
        f"{name}.statistics": np.stack(after).astype(np.float32),
    }


# name: (optimiser, arguments, clipping)
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.1), None),
    "momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.01), None),
    "dampening": (torch.optim.SGD, dict(lr=0.1, momentum=0.8, dampening=0.3), None),
    "nesterov": (
        torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.02), None),
    "adamw": (
        torch.optim.AdamW, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1), None),
    "clipped-norm": (torch.optim.SGD, dict(lr=0.1, momentum=0.9), ("norm", 1.5)),
    "clipped-value": (torch.optim.AdamW, dict(lr=0.02, weight_decay=0.0), ("value", 0.25)),
}
SHAPES = [(5, 7), (11,)]
STEPS = 6


def optimizer_golden(name):
    """Parameters after each of six steps with gradients from the formula. The second parameter has
    half the learning rate and no decay, and no gradient at the third step (index 2)."""
    make, arguments, clipping = OPTIMIZERS[name]
    parameters = [
        torch.nn.Parameter(torch.tensor(uniform(40_000 + i, math.prod(s)).reshape(s)).double())
        for i, s in enumerate(SHAPES)
    ]
    second = dict(params=[parameters[1]], lr=arguments["lr"] / 2, weight_decay=0.0)
    optimizer = make([dict(params=[parameters[0]]), second], **arguments)
    results = []
    for step in range(STEPS):
        for i, parameter in enumerate(parameters):
            gradient = uniform(41_000 + 10 * step + i, parameter.numel()).reshape(SHAPES[i])
            parameter.grad = torch.tensor(gradient).double()
        if step == 2:
            parameters[1].grad = None
        if clipping and clipping[0] == "norm":
            torch.nn.utils.clip_grad_norm_(parameters, clipping[1])
        elif clipping:
            torch.nn.utils.clip_grad_value_(parameters, clipping[1])
        optimizer.step()
        results.append(np.concatenate([p.detach().numpy().reshape(-1) for p in parameters]))
    return {f"optimizer.{name}": np.stack(results).astype(np.float32)}


def orthogonalized(gradient, steps):
    """Newton and Schulz's iteration of fifth order, as airbench94_muon has it, but in float64."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient / (gradient.norm() + 1e-7)
    if x.size(0) > x.size(1):
        x = x.T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if gradient.size(0) > gradient.size(1) else x


# name: momentum, nesterov, Newton-Schulz steps, normalised parameters, weight decay
MUONS = {
    "airbench": (0.6, True, 3, True, 0.0),
    "plain": (0.95, False, 5, False, 0.1),
}
# In the layout of weight files: a filter with more inputs than outputs, one with fewer, a matrix.
MUON_SHAPES = [(4, 3, 3, 3), (13, 2, 2, 1), (5, 7)]


def muon_golden(name):
    """Parameters after each of four steps with gradients from the formula, learning rate 0.1."""
    momentum, nesterov, steps, normalizes, decay = MUONS[name]
    values = [torch.tensor(uniform(42_000 + i, math.prod(s)).reshape(s)).double()
              for i, s in enumerate(MUON_SHAPES)]
    buffers = [torch.zeros_like(p) for p in values]
    results = []
    for step in range(4):
        for i, (p, buffer) in enumerate(zip(values, buffers)):
            g = torch.tensor(uniform(43_000 + 10 * step + i, p.numel()).reshape(p.shape)).double()
            buffer.mul_(momentum).add_(g)
            direction = g + momentum * buffer if nesterov else buffer
            flat = direction.reshape(len(p), -1)
            update = orthogonalized(flat, steps).reshape(p.shape)
            rate = 0.1
            if normalizes:
                p.mul_(len(p) ** 0.5 / p.norm())
            else:
                p.mul_(1 - rate * decay)
                rate *= max(1, flat.size(0) / flat.size(1)) ** 0.5
            p.sub_(rate * update)
        results.append(np.concatenate([p.numpy().reshape(-1) for p in values]))
    return {f"muon.{name}": np.stack(results).astype(np.float32)}


def write_muon():
    golden = {}
    for name in MUONS:
        golden.update(muon_golden(name))
    safetensors.numpy.save_file(golden, os.path.join(FOLDER, "muon.safetensors"))


def write_keys():
    """Keys and shapes of torchvision's ResNets, one entry a line."""
    with open(os.path.join(FOLDER, "state_dict_keys.txt"), "w") as file:
        for name in ["resnet18", "resnet34", "resnet50", "resnet101"]:
            state = getattr(torchvision.models, name)().state_dict()
            file.write(f"{name} {len(state)}\n")
            for key, tensor in state.items():
                file.write(f"{key} {'x'.join(map(str, tensor.shape)) or '-'}\n")


def write_safetensors():
    """Small files by the reference implementation: every type, and what our writer reproduces."""
    values = torch.tensor([-2.5, 0.0, 1.0, 3.140625, 60000.0, 2.0**-24])
    integers = torch.tensor([-128, -1, 0, 1, 127, 100])
    types = {
        "F64": values.double() / 3, "F32": values / 3, "F16": values.half(),
        "BF16": values.bfloat16(), "I64": integers * 2**33, "I32": integers.int() * 2**16,
        "I16": integers.short() * 256, "I8": integers.char(), "U8": (integers + 128).byte(),
        "BOOL": integers > 0, "scalar": torch.tensor(7.25), "empty": torch.zeros(3, 0, 2),
        "matrix": torch.arange(6).reshape(2, 3),
    }
    path = os.path.join(FOLDER, "types.safetensors")
    safetensors.torch.save_file(types, path, metadata={"format": "pt"})
    written = {
        "weight": uniform(50_000, 30).reshape(2, 3, 5), "bias": uniform(50_001, 3),
        "num_batches_tracked": np.array(12345678901, dtype=np.int64),
        "blob": (hashes(50_002, 13) & np.uint32(255)).astype(np.uint8),
        "é": np.zeros((0, 4), dtype=np.float32), "B": np.arange(3, dtype=np.int64),
    }
    path = os.path.join(FOLDER, "written.safetensors")
    safetensors.numpy.save_file(written, path, metadata={"format": "pt"})


def recipe_golden():
    """Six steps of airbench94 as its recipe says them: summed loss, learning rate and decay for it,
    both decoupled from momentum, the normalisations' biases 64 times as fast, whitening bias at rest
    from the fifth step on, moving average every second step."""
    batch, steps, every, momentum = 8, 6, 2, 0.85
    model = Airbench([64, 256, 256], 10)
    with torch.no_grad():
        fill(model)
        smooth_biases(model)
    model = model.double().train()
    kilostep = 1024 * (1 + 1 / (1 - momentum))
    rate, decay = 11.5 / kilostep, 0.0153 * batch / kilostep
    trained = [(k, p) for k, p in model.named_parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(
        [dict(params=[p for k, p in trained if ".bn" in k], lr=64 * rate,
              weight_decay=decay / (64 * rate)),
         dict(params=[p for k, p in trained if ".bn" not in k], lr=rate,
              weight_decay=decay / rate)], momentum=momentum, nesterov=True)
    rates = [group["lr"] for group in optimizer.param_groups]
    average = {k: v.clone() for k, v in model.state_dict().items() if v.is_floating_point()}

    def look_ahead(share):
        for key, value in model.state_dict().items():
            if key in average:
                average[key].lerp_(value, 1 - share)
                value.copy_(average[key])

    losses = []
    for step in range(steps):
        model.whiten.bias.requires_grad = step < 4
        factor = 0.2 + 0.8 * step / 2 if step < 2 else 1 + (0.07 - 1) * (step - 2) / (steps - 2)
        for group, base in zip(optimizer.param_groups, rates):
            group["lr"] = base * factor
        x = torch.tensor(uniform(80_000 + step, batch * 3 * 32 * 32)).double() * 2
        labels = torch.tensor([(3 * i + step) % 10 for i in range(batch)])
        loss = torch.nn.functional.cross_entropy(
            model(x.reshape(batch, 3, 32, 32)), labels, label_smoothing=0.2, reduction="sum")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item() / batch)
        if (step + 1) % every == 0:
            look_ahead(0.95**every * ((step + 1) / steps) ** 3)
    look_ahead(1)
    model.eval()
    x = torch.tensor(uniform(80_100, batch * 3 * 32 * 32)).double().reshape(batch, 3, 32, 32) * 2
    with torch.no_grad():
        logits = model(x)
    print("recipe: losses", np.round(losses, 5), "logits rms", logits.pow(2).mean().sqrt().item())
    return {
        "recipe.losses": np.array(losses, dtype=np.float32),
        "recipe.logits": logits.numpy().astype(np.float32),
        "recipe.whiten.bias": model.whiten.bias.detach().numpy().astype(np.float32),
        "recipe.layer1.bn1.bias": model.layer1.bn1.bias.detach().numpy().astype(np.float32),
        "recipe.layer3.bn2.running_var": model.layer3.bn2.running_var.numpy().astype(np.float32),
        "recipe.fc.weight": model.fc.weight.detach().numpy().astype(np.float32),
    }


def whitening_golden():
    """Whitening filters of images whose patch values are correlated, by numpy."""
    n, side = 6, 9
    x = np.float32(0.25) * uniform(70_000, n * 3 * side * side).reshape(n, 3, side, side)
    # Each pixel takes part of its left and upper neighbour and of the channel before it.
    for axis, share in [(3, 0.75), (2, 0.5), (1, 0.625)]:
        moved = np.roll(x, 1, axis=axis)
        x = (x + np.float32(share) * moved).astype(np.float32)
    patches = np.lib.stride_tricks.sliding_window_view(x.astype(np.float64), (2, 2), axis=(2, 3))
    patches = patches.transpose(0, 2, 3, 4, 5, 1).reshape(-1, 12)  # row, column, channel
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    values, vectors = values[::-1], vectors.T[::-1]
    signs = np.sign(vectors[np.arange(12), np.abs(vectors).argmax(axis=1)])
    filters = vectors * signs[:, None] / np.sqrt(values + 5e-4)[:, None]
    print("whitening: eigenvalues", np.array2string(values, precision=4))
    # [O, I, R, S], as in weight files.
    filters = np.concatenate([filters, -filters]).reshape(24, 2, 2, 3).transpose(0, 3, 1, 2)
    return {
        "whitening.images": x,
        "whitening.eigenvalues": values.copy(),
        "whitening.filters": np.ascontiguousarray(filters),
    }


def main():
    """All fixtures; or with names of models as arguments, the golden values of these alone."""
    torch.manual_seed(0)
    torch.set_num_threads(2)
    path = os.path.join(FOLDER, "golden.safetensors")
    models = sys.argv[1:]
    if models:
        golden = safetensors.numpy.load_file(path)
    else:
        models = list(MODELS)
        write_keys()
        write_safetensors()
        write_muon()
        golden = whitening_golden() | recipe_golden()
        for name in OPTIMIZERS:
            golden.update(optimizer_golden(name))
    for name in models:
        golden.update(model_golden(name))
    safetensors.numpy.save_file(golden, path)


if __name__ == "__main__":
    main()
