"""Learning rates of torch.optim.lr_scheduler, step by step: writes schedules.json beside itself.

Each case names our configuration keys and the steps of the run; PyTorch's schedulers are stepped once
an update. Closed forms are used where PyTorch's chained form gathers rounding errors.
"""

import json
import math
import pathlib

import torch
from torch.optim import lr_scheduler as lrs


def rates(base, total, make):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=base)
    scheduler = make(optimizer)
    result = []
    for step in range(total):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < total:
            scheduler.step()
    return result


def after_warmup(length, start, rest):
    def make(optimizer):
        linear = lrs.LinearLR(optimizer, start_factor=start, total_iters=length)
        return lrs.SequentialLR(optimizer, [linear, rest(optimizer)], milestones=[length])
    return make


def chained(length, start, rest):
    def make(optimizer):
        main = rest(optimizer)
        linear = lrs.LinearLR(optimizer, start_factor=start, total_iters=length)
        return lrs.ChainedScheduler([main, linear], optimizer=optimizer)
    return make


PER_EPOCH = 7
cases = [
    ("schedule: {name: constant}", 0.3, 9, lambda o: lrs.ConstantLR(o, factor=1.0)),
    ("schedule: {name: constant, warmup: 5 steps, warmup_start_factor: 0.2}", 0.3, 13,
     lambda o: lrs.LinearLR(o, start_factor=0.2, total_iters=5)),
    ("schedule: {name: step, step_size: 2 epochs, gamma: 0.3}", 0.2, 61,
     lambda o: lrs.StepLR(o, 2 * PER_EPOCH, 0.3)),
    ("schedule: {name: step, step_size: 11 steps, gamma: 0.5, warmup: 1 epochs, "
     "warmup_start_factor: 0.1}", 0.2, 47,
     chained(PER_EPOCH, 0.1, lambda o: lrs.StepLR(o, 11, 0.5))),
    ("schedule: {name: multi_step, milestones: [2, 4.0, 33 steps], gamma: 0.2}", 0.05, 49,
     lambda o: lrs.MultiStepLR(o, [14, 28, 33], 0.2)),
    ("schedule: {name: cosine, min_learning_rate: 1e-3}", 0.1, 53,
     lambda o: lrs.CosineAnnealingLR(o, 53, eta_min=1e-3)),
    ("schedule: {name: cosine, min_learning_rate: 2e-3, warmup: 8 steps, "
     "warmup_start_factor: 0.05}", 0.1, 53,
     after_warmup(8, 0.05, lambda o: lrs.CosineAnnealingLR(o, 45, eta_min=2e-3))),
    ("schedule: {name: polynomial, power: 0.9}", 0.01, 41,
     lambda o: lrs.PolynomialLR(o, 41, power=0.9)),
    ("schedule: {name: polynomial, power: 2, warmup: 6 steps, warmup_start_factor: 0.5}", 0.01, 41,
     after_warmup(6, 0.5, lambda o: lrs.PolynomialLR(o, 35, power=2.0))),
    ("schedule: {name: one_cycle}", 0.4, 67, lambda o: lrs.OneCycleLR(o, 0.4, total_steps=67)),
    ("schedule: {name: one_cycle, pct_start: 0.23, div_factor: 5, final_div_factor: 2.5, "
     "anneal: linear}", 0.4, 50,
     lambda o: lrs.OneCycleLR(o, 0.4, total_steps=50, pct_start=0.23, div_factor=5,
                              final_div_factor=2.5, anneal_strategy="linear")),
]

result = []
for yaml, base, total, make in cases:
    values = rates(base, total, make)
    assert len(values) == total and all(math.isfinite(v) for v in values)
    result.append({"yaml": yaml, "learning_rate": base, "steps": total,
                   "steps_per_epoch": PER_EPOCH, "torch": torch.__version__, "rates": values})
path = pathlib.Path(__file__).with_name("schedules.json")
path.write_text("[\n" + ",\n".join(json.dumps(c) for c in result) + "\n]\n")
