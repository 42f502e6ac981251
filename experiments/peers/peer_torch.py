"""One measurement in PyTorch: the job is a JSON object on the command line, the result a JSON line.

    python peer_torch.py '{"work": "train", "model": "cifar10-cnn", "batch": 128, "size": 32,
        "precision": "f32", "threads": 2, "seconds": 6, "compiled": false, "channels_last": true}'
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

import peer_models
from measuring import timed


def random_images(job, memory_format):
    shape = (job["batch"], 3, job["size"], job["size"])
    return torch.rand(shape).mul_(2).sub_(1).contiguous(memory_format=memory_format)


def train(job):
    """Forward, loss, backward and update, with the fused optimiser."""
    memory_format = peer_models.memory_format(job["channels_last"])
    model, classes = peer_models.make(job["model"])
    model = model.to(memory_format=memory_format).train()
    images = random_images(job, memory_format)
    labels = torch.randint(classes, (job["batch"],))
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(
        parameters, lr=1e-3, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=True)

    def loss_of(images, labels):
        with torch.autocast("cpu", torch.bfloat16, enabled=job["precision"] == "bf16"):
            logits = model(images)
        return F.cross_entropy(logits.float(), labels)

    if job["compiled"]:
        loss_of = torch.compile(loss_of)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(images, labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return timed(step, job)


def infer(job):
    """The probabilities of a batch. Compiled: with constant weights, which folds batch norm."""
    memory_format = peer_models.memory_format(job["channels_last"])
    model, _ = peer_models.make(job["model"])
    model = model.to(memory_format=memory_format).eval()
    images = random_images(job, memory_format)
    if job["compiled"]:
        from torch._inductor import config
        config.freezing = True
        model = torch.compile(model)

    def step():
        # Freezing needs no_grad where a graph is compiled; inference_mode is a stricter no_grad.
        with torch.no_grad() if job["compiled"] else torch.inference_mode():
            model(images).softmax(1).numpy()

    return timed(step, job)


def convolutions(job):
    """Single convolutions; `shapes` are lines of `residual bench kernels`, read from standard
    input. The layout of x, w and dy is prepared outside of the times."""
    memory_format = peer_models.memory_format(job["channels_last"])
    return {"milliseconds": [
        convolution(shape, memory_format, job["steps"]) for shape in json.load(sys.stdin)]}


def convolution(shape, memory_format, steps):
    x = torch.rand(shape["batch"], shape["input_channels"], shape["height"], shape["width"])
    w = torch.rand(
        shape["output_channels"], shape["input_channels"] // shape["groups"], *shape["kernel"])
    x = x.sub_(0.5).contiguous(memory_format=memory_format)
    w = w.sub_(0.5).contiguous(memory_format=memory_format)
    geometry = (shape["stride"], shape["padding"], shape["dilation"])
    y = F.conv2d(x, w, None, *geometry, shape["groups"])
    dy = torch.rand_like(y).sub_(0.5)
    mask = [shape["pass"] == "input_gradient", shape["pass"] == "filter_gradient", False]

    def run():
        if shape["pass"] == "forward":
            F.conv2d(x, w, None, *geometry, shape["groups"])
        else:
            torch.ops.aten.convolution_backward(
                dy, x, w, None, *geometry, False, [0, 0], shape["groups"], mask)

    return milliseconds(run, steps)


def milliseconds(run, steps):
    """Times of one call; short calls are repeated until a measurement takes two milliseconds."""
    run()
    start = time.perf_counter()
    run()
    repeats = max(1, min(1000, int(0.002 / max(time.perf_counter() - start, 1e-7))))
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        for _ in range(repeats):
            run()
        times.append((time.perf_counter() - start) / repeats * 1000)
    return times


def export(job):
    """Writes the model for ONNX Runtime."""
    model, _ = peer_models.make(job["model"])
    model = torch.nn.Sequential(model, torch.nn.Softmax(1)).eval()
    images = random_images(job, torch.contiguous_format)
    torch.onnx.export(
        model, (images,), job["path"], input_names=["images"], output_names=["probabilities"],
        dynamo=False)
    return {}


def main():
    job = json.loads(sys.argv[1])
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    works = {"train": train, "infer": infer, "convolutions": convolutions, "export": export}
    with torch.no_grad() if job["work"] == "convolutions" else torch.enable_grad():
        result = works[job["work"]](job)
    print(json.dumps(result))


main()
