"""Makes scores.json: what scikit-learn says about 200 sets of random predictions.

    python scores.py > scores.json        (scikit-learn 1.9, NumPy)

The predictions themselves follow from the keyed generator, which both languages have, so only the
answers are kept. Calibration, which scikit-learn does not measure, is computed here in a few lines.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
SEED, BENCHMARK, BOOTSTRAP = 2024, 7, 8


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


class Stream:
    def __init__(self, seed, purpose, epoch=0, index=0):
        self.key, self.rest = (seed & 0xFFFFFFFF, seed >> 32), (purpose, epoch, index)
        self.block, self.words = 0, []

    def next(self):
        if not self.words:
            self.words = philox((self.block,) + self.rest, self.key)
            self.block += 1
        return self.words.pop(0)

    def integer(self, bound):
        threshold = (2**32 - bound) % bound
        while True:
            product = self.next() * bound
            if (product & 0xFFFFFFFF) >= threshold:
                return product >> 32


def predictions(index, shape):
    stream = Stream(SEED, BENCHMARK, 0, index)
    labels, rows = [], []
    for _ in range(shape["samples"]):
        label = shape["present"][stream.integer(len(shape["present"]))]
        weights = []
        for c in range(shape["classes"]):
            w = stream.integer(shape["levels"])
            if c == label and shape["bonus"] > 0:
                w += stream.integer(shape["bonus"])
            weights.append(w ** shape["power"])
        if sum(weights) == 0:
            weights = [1] * shape["classes"]
        labels.append(label)
        rows.append(np.float32(weights) / np.float32(sum(weights)))
    return np.array(labels), np.array(rows, np.float32)


def shape(index):
    """Class counts, ties, absent classes, and one class alone, in turn."""
    classes = [2, 2, 3, 2, 5, 3, 2, 10, 3, 4][index % 10] if index % 16 else 37
    samples = [1, 4, 9, 17, 30, 48, 77, 120][(index * 5 + index // 8) % 8] if index % 50 else 400
    levels = [1000, 2, 30, 4, 1, 100, 8][index % 7]  # one level: all scores equal
    absent = [0, 0, 1, 0, 2][index % 5] if classes > 2 else 0
    present = [c for c in range(classes) if (c * 7 + index) % classes >= min(absent, classes - 2)]
    if index % 23 == 11:
        present = [index % classes]
    return {"classes": classes, "samples": samples, "levels": levels, "power": 1 + index % 3,
            "bonus": [0, levels, levels // 2 + 1][index % 3 if levels > 1 else 0], "present": present,
            "long_names": index % 4 == 3}


def names(shape):
    return [f"a class with number {c}" if shape["long_names"] else f"c{c}" for c in range(shape["classes"])]


def figure(value):
    return None if value is None or np.isnan(value) else float(value)


def averages(values, labels, class_count):
    values = np.array([np.nan if v is None else v for v in values])
    support, defined = np.bincount(labels, minlength=class_count), ~np.isnan(values)
    if not defined.any():
        return None, None
    return (float(np.average(values[defined])),
            float(np.average(values[defined], weights=support[defined])))


def ranking(labels, p, result):
    class_count = p.shape[1]
    truth = np.eye(class_count)[labels]
    support = truth.sum(0)
    one_class = (support > 0).sum() < 2
    areas = [figure(metrics.roc_auc_score(truth[:, c], p[:, c])) if 0 < support[c] < len(labels) else None
             for c in range(class_count)]
    precisions = [figure(metrics.average_precision_score(truth[:, c], p[:, c])) if support[c] > 0 else None
                  for c in range(class_count)]
    result["roc_per_class"], result["ap_per_class"] = areas, precisions
    result["roc_macro"], result["roc_weighted"] = averages(areas, labels, class_count)
    result["ap_macro"], result["ap_weighted"] = averages(precisions, labels, class_count)
    result["roc_micro"] = metrics.roc_auc_score(truth.ravel(), p.ravel())
    result["ap_micro"] = metrics.average_precision_score(truth, p, average="micro")
    every = list(range(class_count))
    if class_count > 2 and not one_class:
        for average in ("macro", "weighted"):
            result["ovo_" + average] = metrics.roc_auc_score(
                labels, p, multi_class="ovo", average=average, labels=every)
        if (support > 0).all():  # otherwise scikit-learn counts absent classes as NaN or 0
            for average in ("macro", "weighted"):
                theirs = metrics.roc_auc_score(labels, p, multi_class="ovr", average=average)
                assert abs(theirs - result["roc_" + average]) < 1e-12
                theirs = metrics.average_precision_score(truth, p, average=average)
                assert abs(theirs - result["ap_" + average]) < 1e-12
            theirs = metrics.roc_auc_score(labels, p, multi_class="ovr", average="micro")
            assert abs(theirs - result["roc_micro"]) < 1e-12


def calibration_errors(labels, p):
    confidence, right = p.max(1), p.argmax(1) == labels
    edges = np.arange(16) / 15
    expected, largest = 0.0, 0.0
    for low, high in zip(edges, edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            expected += gap * inside.mean()
            largest = max(largest, gap)
    order = np.argsort(confidence, kind="stable")
    adaptive = sum(abs(right[part].mean() - confidence[part].mean()) * len(part) / len(labels)
                   for part in np.array_split(order, 15) if len(part))
    return [float(expected), float(largest), float(adaptive)]


def temperature(labels, p):
    """By bisection of the derivative of the log-loss in 1/T."""
    z = np.log(np.maximum(p, 2.0**-149))

    def slope(inverse):
        w = np.exp(inverse * (z - z.max(1, keepdims=True)))
        w /= w.sum(1, keepdims=True)
        return ((w * z).sum(1) - z[np.arange(len(labels)), labels]).sum()

    low, high = 0.01, 100.0
    # Where the slope vanishes but for rounding, as of equal scores, there is nothing to fit.
    if slope(low) >= -1e-9 or slope(high) <= 1e-9:
        return None
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 2 / (low + high)


def thresholds(labels, p):
    if len(set(labels)) < 2:
        return None
    every = np.unique(p[:, 1])
    f1 = max(metrics.f1_score(labels, p[:, 1] >= t, zero_division=0) for t in every)
    youden = max(metrics.balanced_accuracy_score(labels, p[:, 1] >= t) * 2 - 1 for t in every)
    rows = []
    for twentieth in (1, 6, 10, 15, 19):
        said = p[:, 1] >= twentieth / 20
        precision, recall, f, _ = metrics.precision_recall_fscore_support(
            labels, said, average="binary", zero_division=0)
        specificity = metrics.recall_score(1 - labels, ~said, zero_division=0)
        rows.append([twentieth / 20, precision, recall, specificity, f])
    return {"f1": float(f1), "youden": float(youden), "rows": rows}


def case(index):
    form = shape(index)
    labels, p32 = predictions(index, form)
    p, class_count = p32.astype(np.float64), form["classes"]
    predicted, every = p.argmax(1), list(range(class_count))
    arguments = dict(labels=every, target_names=names(form), zero_division=0)
    result = dict(form)
    digits = [2, 4][(index // 10 + index) % 2]
    result["digits"] = digits
    result["text"] = metrics.classification_report(labels, predicted, digits=digits, **arguments)
    result["confusion"] = metrics.confusion_matrix(labels, predicted, labels=every).ravel().tolist()
    if class_count > 10:
        result["confusion"] = [[i, v] for i, v in enumerate(result["confusion"]) if v]
    one_class = len(set(labels)) == 1
    result["balanced_accuracy"] = metrics.balanced_accuracy_score(labels, predicted)
    result["mcc"] = None if one_class else metrics.matthews_corrcoef(labels, predicted)
    result["kappa"] = figure(metrics.cohen_kappa_score(labels, predicted, labels=every))
    result["log_loss"] = metrics.log_loss(labels, p, labels=every)
    result["brier"] = metrics.brier_score_loss(labels, p, labels=every)
    if class_count > 2:
        result["top"] = [metrics.top_k_accuracy_score(  # reversed: ours prefers the lower of equal classes
            class_count - 1 - labels, p[:, ::-1], k=k, labels=every) for k in (2, 3, 5)]
    ranking(labels, p, result)
    result["calibration"] = calibration_errors(labels, p)
    result["temperature"] = temperature(labels, p)
    if class_count == 2:
        result["thresholds"] = thresholds(labels, p)
    return result


def bootstrap():
    """The interval of a mean over 37 samples, drawn here by hand."""
    values = np.array([(i * 29 % 17) / 16 for i in range(37)])
    means = []
    for resample in range(1000):
        stream = Stream(5, BOOTSTRAP, resample)
        means.append(values[[stream.integer(37) for _ in range(37)]].mean())
    return {"values": values.tolist(), "interval": np.percentile(means, [2.5, 97.5]).tolist(),
            "standard_error": float(np.std(means, ddof=1))}


def main():
    lines = [json.dumps(case(index), separators=(",", ":")) for index in range(200)]
    print('{"bootstrap":' + json.dumps(bootstrap()) + ',\n"cases":[\n' + ",\n".join(lines) + "\n]}")


main()
