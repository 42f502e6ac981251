"""Writes operations.json and optimizers.json: what PyTorch gives for the operations whose conventions matter.

Run with PyTorch 2.x: python make_golden.py. Images are written channels last, filters [kH, kW, I, O], as
Residual has them. Inputs are rounded to three decimals so that both sides read the same Floats; results are
computed in double precision and written with seven digits.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
HERE = pathlib.Path(__file__).parent
cases = {}


def rounded(tensor):
    return (tensor * 1000).round() / 1000


def normal(*shape):
    return rounded(torch.randn(shape, dtype=torch.float64))


def array(tensor, digits=7):
    values = tensor.detach().to(torch.float64).flatten().tolist()
    return {"shape": list(tensor.shape), "values": [float(f"{v:.{digits}g}") for v in values]}


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def oihw(w):
    return w.permute(3, 2, 0, 1)


def case(name, function, *inputs, constants=()):
    """Forward, and the gradients of sum(cotangent * output) for `inputs`; `constants` get none."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    output = function(*inputs, *constants)
    cotangent = normal(*output.shape)
    gradients = torch.autograd.grad(output, inputs, cotangent)
    cases[name] = {
        "inputs": [array(x) for x in [*inputs, *constants]],
        "cotangent": array(cotangent),
        "output": array(output),
        "gradients": [array(g) for g in gradients],
    }


def image(function):
    return lambda x, *rest, **options: nhwc(function(nchw(x), *rest, **options))


x = normal(1, 5, 7, 2)
logits = normal(5, 7)
weights = rounded(torch.rand(7, dtype=torch.float64) + 0.5)
soft = rounded(torch.rand(5, 7, dtype=torch.float64))
soft = rounded(soft / soft.sum(1, keepdim=True))
labels = torch.tensor([3, 0, 6, 3, 1])
ignoring = torch.tensor([3, -100, 6, -100, 1])

for name, function in [("relu", F.relu), ("gelu", F.gelu), ("silu", F.silu), ("sigmoid", torch.sigmoid),
                       ("tanh", torch.tanh), ("exp", torch.exp)]:
    case(name, function, normal(5, 7))
case("softmax", lambda x: F.softmax(x, 1), logits)
case("logSoftmax", lambda x: F.log_softmax(x, 1), logits)
case("max ties", lambda x: x.amax(1), torch.randint(0, 3, (5, 7, 3)).double())

conv = image(lambda x, w, b, **kw: F.conv2d(x, oihw(w), b, **kw))
case("conv2d", lambda x, w, b: conv(x, w, b, stride=(2, 1), padding=(0, 2)), normal(2, 5, 7, 3), normal(2, 3, 3, 4),
     normal(4))
case("conv2d groups dilation", lambda x, w, b: conv(x, w, b, padding=2, dilation=2, groups=2), normal(1, 5, 7, 4),
     normal(3, 3, 2, 6), normal(6))
case("conv2d depthwise", lambda x, w, b: conv(x, w, b, stride=2, padding=1, groups=3), normal(2, 5, 7, 3),
     normal(3, 3, 1, 6), normal(6))
case("linear", lambda x, w, b: F.linear(x, w.T, b), normal(2, 7), normal(7, 5), normal(5))

bn = normal(2, 3, 5, 3), rounded(torch.rand(3, dtype=torch.float64) + 0.5), normal(3)
case("batchNorm", image(lambda x, s, b: F.batch_norm(x, None, None, s, b, training=True)), *bn)
case("batchNorm residual relu",
     image(lambda x, s, b, r: F.relu(F.batch_norm(x, None, None, s, b, training=True, eps=1e-3) + nchw(r))), *bn,
     normal(2, 3, 5, 3))
statistics = normal(3), rounded(torch.rand(3, dtype=torch.float64) + 0.5)
case("batchNormInference", image(lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b)), *bn, constants=statistics)
case("batchNorm mean", lambda x: x.mean((0, 1, 2)), bn[0])
case("batchNorm variance", lambda x: x.var((0, 1, 2), unbiased=False), bn[0])

ce = F.cross_entropy
case("crossEntropy", lambda x: ce(x, labels), logits)
case("crossEntropy smoothing", lambda x: ce(x, labels, label_smoothing=0.1), logits)
case("crossEntropy weights", lambda x, w: ce(x, labels, w), logits, constants=[weights])
case("crossEntropy ignore", lambda x: ce(x, ignoring), logits)
case("crossEntropy all", lambda x, w: ce(x, ignoring, w, label_smoothing=0.2), logits, constants=[weights])
case("crossEntropy all sum", lambda x, w: ce(x, ignoring, w, label_smoothing=0.2, reduction="sum"), logits,
     constants=[weights])
case("crossEntropy soft", lambda x, t: ce(x, t), logits, constants=[soft])
case("crossEntropy soft weights smoothing", lambda x, t, w: ce(x, t, w, label_smoothing=0.1), logits,
     constants=[soft, weights])
case("crossEntropy soft sum", lambda x, t: ce(x, t, reduction="sum"), logits, constants=[soft])
pixels = torch.tensor([[(i * 5 % 4 if i * 5 % 4 < 3 else 255) for i in range(r * 4, r * 4 + 4)] for r in range(3)])
case("crossEntropy pixels", lambda x, w: ce(nchw(x), pixels[None], w, ignore_index=255), normal(1, 3, 4, 3),
     constants=[weights[:3]])
case("binaryCrossEntropy", lambda x, t: F.binary_cross_entropy_with_logits(x, t), logits, constants=[soft])
case("binaryCrossEntropy positive weight",
     lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, pos_weight=w, reduction="sum"), logits * 5,
     constants=[soft, weights])

case("maxPool2d stem", image(lambda x: F.max_pool2d(x, 3, 2, 1)), x)
case("maxPool2d ceil", image(lambda x: F.max_pool2d(x, 2, 2, ceil_mode=True)), x)
case("maxPool2d padding ceil", image(lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True)), x)
case("maxPool2d dilation", image(lambda x: F.max_pool2d(x, 2, 1, 1, dilation=2)), x)
case("maxPool2d ties", image(lambda x: F.max_pool2d(x, 3, 2, 1)), torch.randint(0, 3, (1, 5, 7, 2)).double())
case("avgPool2d", image(lambda x: F.avg_pool2d(x, 3, 2, 1)), x)
case("avgPool2d ceil", image(lambda x: F.avg_pool2d(x, 2, 2, ceil_mode=True)), x)
case("avgPool2d padding ceil", image(lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True)), normal(1, 6, 8, 2))
case("avgPool2d padding ceil uncounted",
     image(lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False)), normal(1, 6, 8, 2))
case("adaptiveAvgPool2d", image(lambda x: F.adaptive_avg_pool2d(x, (2, 3))), x)
case("adaptiveAvgPool2d larger", image(lambda x: F.adaptive_avg_pool2d(x, (7, 9))), x)

for size in [(9, 11), (3, 4), (11, 1)]:
    case(f"interpolate bilinear {size[0]}", image(lambda x: F.interpolate(x, size, mode="bilinear")), x)
    case(f"interpolate corners {size[0]}",
         image(lambda x: F.interpolate(x, size, mode="bilinear", align_corners=True)), x)
    case(f"interpolate nearest {size[0]}", image(lambda x: F.interpolate(x, size, mode="nearest")), x)
# In single precision 41 · (2 / 82) falls short of 1.
case("interpolate nearest 82",
     image(lambda x: F.interpolate(x.float(), (82, 1), mode="nearest").double()), normal(1, 2, 1, 1))
case("pad zero", image(lambda x: F.pad(x, (3, 4, 1, 2))), x)
case("pad reflect", image(lambda x: F.pad(x, (3, 6, 1, 4), mode="reflect")), x)


def optimizer(make, gradients, start):
    """The parameter after each step."""
    parameter = torch.nn.Parameter(start.clone())
    chosen = make([parameter])
    values = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        chosen.step()
        values.append(array(parameter))
    return values


start, gradients = normal(11), [normal(11) for _ in range(4)]
sgd, adamw = torch.optim.SGD, torch.optim.AdamW
optimizers = {
    "start": array(start),
    "gradients": [array(g) for g in gradients],
    "sgd": optimizer(lambda p: sgd(p, lr=0.1, weight_decay=0.01), gradients, start),
    "momentum": optimizer(lambda p: sgd(p, lr=0.1, momentum=0.9, weight_decay=0.01), gradients, start),
    "dampening": optimizer(lambda p: sgd(p, lr=0.1, momentum=0.9, dampening=0.3), gradients, start),
    "nesterov": optimizer(lambda p: sgd(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True), gradients, start),
    "adamw": optimizer(lambda p: adamw(p, lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.05), gradients, start),
}

for name, content in [("operations.json", cases), ("optimizers.json", optimizers)]:
    (HERE / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")
