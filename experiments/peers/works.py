"""What is measured: each work once in Residual and once in every configuration of its peers."""

import itertools
from dataclasses import dataclass, field

# glibc gives large blocks back to the system at once, and every new tensor then takes page faults.
# Told to keep them, PyTorch is faster.
TUNED_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}
HELD_TO_AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}


@dataclass(frozen=True)
class Peer:
    """One configuration of another program."""

    program: str
    name: str
    job: dict
    environment: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """Something that both sides do. `goal` is the wanted ratio ours : theirs in images a second, by
    program; None where there is no comparison."""

    key: str
    title: str
    arguments: list
    peers: list
    goals: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    kind: str = "speed"


def training(model, title, batch, size, goal, precision="f32", steps=8, key="", threads=None,
             avx2=False):
    """Training steps on random data: forward, loss, backward, SGD."""
    arguments = ["train", "--model", model, "--batch", str(batch), "--size", str(size),
                 "--precision", precision]
    job = {"work": "train", "model": model, "batch": batch, "size": size, "precision": precision,
           "steps": steps}
    return Work(
        key or f"train-{model}-b{batch}-{precision}", f"train {title}, {precision}",
        arguments + ["--steps", str(steps)], torch_configurations(job, avx2=avx2),
        {"PyTorch": goal}, {"RESIDUAL_ISA": "avx2"} if avx2 else {})


def inference(model, title, batch, size, goals, steps=20):
    """Classification of a batch: latency at batch 1, images a second above."""
    arguments = ["infer", "--model", model, "--batch", str(batch), "--size", str(size)]
    job = {"work": "infer", "model": model, "batch": batch, "size": size, "precision": "f32",
           "steps": steps}
    return Work(
        f"infer-{model}-b{batch}", f"infer {title}, f32", arguments + ["--steps", str(steps)],
        [Peer("ONNX Runtime", "default", job)] + torch_configurations(job), goals)


def convolutions(model, batch, size, steps=10):
    """Every convolution of a model by itself, each of its passes."""
    arguments = ["kernels", "--model", model, "--batch", str(batch), "--size", str(size)]
    job = {"work": "convolutions", "steps": steps}
    return Work(
        f"kernels-{model}-b{batch}", f"convolutions of {model}, batch {batch}",
        arguments + ["--steps", str(steps)], torch_configurations(job, compiled=[False]),
        kind="kernels")


def alone(base, key, title, *arguments, kind):
    """A work that only Residual does."""
    return Work(key, title, base.arguments + list(arguments), [], kind=kind)


def torch_configurations(job, compiled=(False, True), avx2=False):
    """{eager, compiled} × {contiguous, channels last} × {default malloc, tuned malloc}."""
    peers = []
    for is_compiled, channels_last, tuned in itertools.product(
            compiled, (True, False), (True, False)):
        name = ", ".join([
            "compiled" if is_compiled else "eager",
            "channels last" if channels_last else "contiguous",
            "tuned malloc" if tuned else "default malloc"])
        environment = (TUNED_MALLOC if tuned else {}) | (HELD_TO_AVX2 if avx2 else {})
        peers.append(Peer(
            "PyTorch", name,
            job | {"compiled": is_compiled, "channels_last": channels_last}, environment))
    return peers


def all_works():
    """The table of goals, in its order."""
    cifar = "cifar10-cnn, 32², batch 128"
    base = training("cifar10-cnn", cifar, 128, 32, 2.2)
    infer = {"ONNX Runtime": 1.3, "PyTorch": 1.5}
    small = {"ONNX Runtime": 1.5}
    works = [
        base,
        training("cifar10-cnn", cifar, 128, 32, 1.5, "bf16"),
        training("airbench94", "airbench94, 32², batch 1024", 1024, 32, 2.0, steps=4),
        training("resnet18", "ResNet-18, 224², batch 16", 16, 224, 2.0, steps=6),
        training("resnet50", "ResNet-50, 224², batch 16", 16, 224, 1.3, steps=4),
        training("resnet50", "ResNet-50, 224², batch 16", 16, 224, 1.2, "bf16", steps=4),
        training("resnet101", "ResNet-101, 128², batch 32", 32, 128, 1.3, steps=4),
        convolutions("cifar10-cnn", 128, 32),
        convolutions("resnet50", 16, 224),
        convolutions("resnet50", 1, 224),
        inference("resnet50", "ResNet-50, 224², batch 1", 1, 224, infer),
        inference("resnet50", "ResNet-50, 224², batch 16", 16, 224, infer, steps=6),
        inference("resnet18", "ResNet-18, 224², batch 1", 1, 224, small),
        inference("resnet18", "ResNet-18, 224², batch 128", 128, 224, small, steps=4),
        inference("cifar10-cnn", "cifar10-cnn, 32², batch 1", 1, 32, small, steps=100),
        inference("cifar10-cnn", cifar, 128, 32, small, steps=10),
        training("cifar10-cnn", f"{cifar}, held to AVX2", 128, 32, 1.3, key="avx2-cifar10-cnn",
                 avx2=True),
        alone(base, "threads-cifar10-cnn", f"train {cifar}, 1 thread", kind="one thread"),
        alone(base, "overhead-cifar10-cnn", f"train {cifar}, breakdown", "--breakdown",
              kind="overhead"),
    ]
    return works
