"""Makes segmentation.json: what scikit-learn says about the pixels of small segmented images.

    python segmentation.py > segmentation.json        (scikit-learn 1.9, NumPy)

Probabilities are kept as whole 64ths, which float32 holds exactly; the class 255 is not counted. Where
scikit-learn has no value for an undefined figure, the case is null.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
IGNORED = 255
rng = np.random.default_rng(20)


def image(size, classes, truths, guesses, skill, ignored=0.0):
    """Truth in runs, like objects, and probabilities that favour it; equal ones are frequent."""
    truth = np.repeat(rng.choice(truths, size // 4 + 1), 4)[:size]
    weights = np.zeros((size, classes), dtype=int)
    for _ in range(8):
        weights[np.arange(size), rng.choice(guesses, size)] += 8
    for pixel in range(size):
        if rng.random() < skill:
            moved = weights[pixel] // 16 * 8
            weights[pixel] -= moved
            weights[pixel, truth[pixel]] += moved.sum()
    assert (weights.sum(axis=1) == 64).all()
    truth[rng.random(size) < ignored] = IGNORED
    return truth, weights


def nan(value):
    return None if np.isnan(value) else float(value)


def scores(truth, probabilities, classes, border):
    predicted = probabilities.argmax(axis=1)  # the first of equal ones
    kept = truth != IGNORED if border is None else (truth != IGNORED) & (truth != border)
    truth, probabilities, predicted = truth[kept], probabilities[kept], predicted[kept]
    counted = [c for c in range(classes) if c != border]
    result = {"confusion": metrics.confusion_matrix(
        truth, predicted, labels=range(classes)).tolist() if len(truth) else None}
    if not len(truth):
        return result
    seen = [c for c in counted if c in set(truth) | set(predicted)]
    result["classes"] = {
        "iou": [
            float(metrics.jaccard_score(truth, predicted, labels=[c], average=None)[0])
            if c in seen else None for c in range(classes)],
        "dice": [nan(x) for x in metrics.f1_score(
            truth, predicted, labels=range(classes), average=None, zero_division=np.nan)],
        "precision": [nan(x) for x in metrics.precision_score(
            truth, predicted, labels=range(classes), average=None, zero_division=np.nan)],
        "recall": [nan(x) for x in metrics.recall_score(
            truth, predicted, labels=range(classes), average=None, zero_division=np.nan)],
    }
    if border is not None:
        for row in result["classes"].values():
            row[border] = None
    result["figures"] = {
        "mean_iou": metrics.jaccard_score(truth, predicted, labels=seen, average="macro"),
        "mean_dice": metrics.f1_score(truth, predicted, labels=seen, average="macro"),
        "pixel_accuracy": metrics.accuracy_score(truth, predicted),
        "mean_class_accuracy": metrics.recall_score(
            truth, predicted, labels=sorted(set(truth)), average="macro"),
        "frequency_weighted_iou": metrics.jaccard_score(
            truth, predicted, labels=seen, average="weighted"),
        "log_loss": float(np.mean(-np.log(np.clip(
            probabilities[np.arange(len(truth)), truth] / 64, 2.0**-52, 1 - 2.0**-52)))),
    }
    return result


def both(images, classes, border):
    def measured(rule):
        whole = scores(*map(np.concatenate, zip(*images)), classes, rule)
        each = [scores(t, w, classes, rule).get("figures", {}).get("mean_iou") for t, w in images]
        whole["images"] = each
        known = [x for x in each if x is not None]
        if known:
            whole["figures"]["mean_image_iou"] = float(np.mean(known))
        return whole
    return {"counted": measured(None), "ignored": None if border is None else measured(border)}


def case(title, classes, count, size, border=None, **how):
    truths = how.pop("truths", list(range(classes)))
    guesses = how.pop("guesses", list(range(classes)))
    skill, ignored = how.pop("skill", 0.7), how.pop("ignored", 0.0)
    images = [image(size, classes, truths, guesses, skill, ignored) for _ in range(count)]
    if how.get("perfect"):
        images = [(t, 64 * np.eye(classes, dtype=int)[t]) for t, _ in images]
    return {
        "title": title, "class_count": classes, "border": border,
        "images": [{"truth": t.tolist(), "weights": w.flatten().tolist()} for t, w in images],
        **both(images, classes, border)}


cases = [
    case("trimaps", 3, 6, 60, border=2),
    case("trimaps with padding", 3, 5, 48, border=2, ignored=0.3),
    case("border never predicted", 3, 4, 40, border=2, guesses=[0, 1], skill=0.0),
    case("border never true", 3, 4, 40, border=2, truths=[0, 1]),
    case("only border is true", 3, 2, 16, border=2, truths=[2]),
    case("two classes", 2, 4, 48),
    case("one class only", 1, 2, 12),
    case("one class of three present", 3, 3, 24, truths=[1], guesses=[1], skill=1.0),
    case("a class absent from truth and predictions", 4, 4, 40, truths=[0, 1, 3], guesses=[0, 3]),
    case("no skill", 5, 4, 48, skill=0.0),
    case("every pixel is a tie", 4, 3, 32, skill=1.0, guesses=[0]),
    case("perfect", 4, 3, 32, border=3, perfect=True),
    case("many classes", 12, 4, 60, ignored=0.1),
    case("everything ignored", 3, 2, 8, border=2, ignored=1.1),
]
json.dump(cases, sys.stdout, separators=(",", ":"))
print()
