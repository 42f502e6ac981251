"""What is measured: each work once in Residual and once in every configuration of its peers."""

import itertools
from dataclasses import dataclass, field

# glibc gives large blocks back to the system at once, and every new tensor then takes page faults.
# Told to keep them, PyTorch is faster.
TUNED_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}
HELD_TO_AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}

# The least that a measurement of a peer takes, its warm-up included; so do later measurements of
# ours, by their number of steps.
SECONDS = 6


@dataclass(frozen=True)
class Peer:
    """One configuration of another program."""

    program: str
    name: str
    job: dict
    environment: dict = field(default_factory=dict)
    # When it first runs: 0 beside ours, 1 and 2 after every row has had that, 3 compiled, 4 last.
    stage: int = 0

    @property
    def sibling(self):
        """The configuration that differs in malloc alone, and is seldom slower."""
        return self.name.replace("default malloc", "tuned malloc")


@dataclass(frozen=True)
class Work:
    """Something that both sides do. `goals` are the wanted ratios ours : theirs in images a second,
    by program. `also_beats` is another work whose peers this one should be faster than."""

    key: str
    title: str
    arguments: list
    peers: list
    goals: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    kind: str = "speed"
    also_beats: str = ""


def training(model, title, batch, size, goal, precision="f32", steps=8, key="", avx2=False,
             also_beats=""):
    """Training steps on random data: forward, loss, backward, SGD."""
    arguments = ["train", "--model", model, "--batch", str(batch), "--size", str(size),
                 "--precision", precision]
    job = {"work": "train", "model": model, "batch": batch, "size": size, "precision": precision,
           "seconds": SECONDS}
    return Work(
        key or f"train-{model}-b{batch}-{precision}", f"train {title}, {precision}",
        arguments + ["--steps", str(steps)], torch_configurations(job, avx2=avx2),
        {"PyTorch": goal} if goal else {}, {"RESIDUAL_ISA": "avx2"} if avx2 else {},
        also_beats=also_beats)


def inference(model, title, batch, size, goals, steps=20):
    """Classification of a batch: latency at batch 1, images a second above."""
    arguments = ["infer", "--model", model, "--batch", str(batch), "--size", str(size)]
    job = {"work": "infer", "model": model, "batch": batch, "size": size, "precision": "f32",
           "seconds": SECONDS}
    return Work(
        f"infer-{model}-b{batch}", f"infer {title}, f32", arguments + ["--steps", str(steps)],
        [Peer("ONNX Runtime", "default", job)] + torch_configurations(job), goals)


def convolutions(model, batch, size, steps=10):
    """Every convolution of a model by itself, each of its passes."""
    arguments = ["kernels", "--model", model, "--batch", str(batch), "--size", str(size)]
    job = {"work": "convolutions", "steps": steps}
    return Work(
        f"kernels-{model}-b{batch}", f"convolutions of {model}, batch {batch}",
        arguments + ["--steps", str(steps)],
        torch_configurations(job, compiled=[False], malloc=[True]), kind="kernels")


def alone(base, key, title, *arguments, kind):
    """A work that only Residual does."""
    return Work(key, title, base.arguments + list(arguments), [], kind=kind)


def torch_configurations(job, compiled=(False, True), malloc=(True, False), avx2=False):
    """Eager: {contiguous, channels last} × {default malloc, tuned malloc}. Compiled: both layouts,
    tuned malloc, which is what eager is fastest with."""
    peers = []
    for is_compiled, tuned, channels_last in itertools.product(compiled, malloc, (True, False)):
        if is_compiled and not tuned:
            continue
        name = ", ".join([
            "compiled" if is_compiled else "eager",
            "channels last" if channels_last else "contiguous",
            "tuned malloc" if tuned else "default malloc"])
        environment = (TUNED_MALLOC if tuned else {}) | (HELD_TO_AVX2 if avx2 else {})
        stage = (3 if is_compiled else 0 if tuned else 1) + (0 if channels_last else 1)
        peers.append(Peer(
            "PyTorch", name,
            job | {"compiled": is_compiled, "channels_last": channels_last}, environment, stage))
    return peers


def all_works():
    """The table of goals, in its order."""
    cifar = "cifar10-cnn, 32², batch 128"
    base = training(
        "cifar10-cnn", cifar, 128, 32, 2.2, also_beats="train-cifar10-cnn-b128-bf16")
    infer = {"ONNX Runtime": 1.3, "PyTorch": 1.5}
    small = {"ONNX Runtime": 1.5}
    works = [
        base,
        training("cifar10-cnn", cifar, 128, 32, 1.5, "bf16"),
        training("airbench94", "airbench94, 32², batch 1024", 1024, 32, 2.0, steps=4),
        training("airbench94", "airbench94, 32², batch 1024", 1024, 32, None, "bf16", steps=4),
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
