"""Makes metrics.json: random predictions and what scikit-learn says about them.

    python metrics.py > metrics.json        (scikit-learn 1.9, NumPy)
"""

import json
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")

LONG = ["American_pit_bull_terrier, the kind with a very long name", "cat"]
UNICODE = ["Größe", "日本語クラス", "e\u0301clair", "🦊 fox", "macro avg", "naïve, \"quoted\""]


def names(rng, count, kind):
    if kind == "long":
        return (LONG + [f"class {i}" for i in range(count)])[:count]
    if kind == "unicode":
        return (UNICODE + [f"Klasse №{i}" for i in range(count)])[:count]
    return [f"c{i}" for i in range(count)]


def probabilities(rng, sample_count, class_count, labels, ties):
    logits = rng.normal(size=(sample_count, class_count)) * 1.5
    logits[np.arange(sample_count), labels] += rng.uniform(0, 3)
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    if ties == "coarse":  # sums to 1 exactly and has many equal values, also exact 0 and 1
        p = np.stack([rng.multinomial(8, row) for row in p]) / 8
    elif ties == "sharp":
        p = p**20
        p /= p.sum(1, keepdims=True)
    return np.float32([[float(f"{v:.3g}") for v in row] for row in p])


def none_if_nan(value):
    return None if np.isnan(value) else float(value)


def areas(labels, p):
    class_count = p.shape[1]
    per_class = [
        metrics.roc_auc_score(labels == c, p[:, c].astype(np.float64)) if 0 < (labels == c).sum() < len(labels)
        else float("nan")
        for c in range(class_count)
    ]
    support = np.bincount(labels, minlength=class_count)
    defined = ~np.isnan(per_class)
    result = {"per_class": [none_if_nan(v) for v in per_class], "macro": None, "weighted": None}
    if defined.any():
        score = np.array(per_class)
        result["macro"] = float(np.average(score[defined]))
        result["weighted"] = float(np.average(score[defined], weights=support[defined]))
    if defined.all() and class_count > 2 and np.allclose(1, p.astype(np.float64).sum(1)):
        for average in ("macro", "weighted"):
            theirs = metrics.roc_auc_score(labels, p, multi_class="ovr", average=average)
            assert abs(theirs - result[average]) < 1e-12
    result["binary"] = result["per_class"][1] if class_count == 2 else None
    return result


def case(rng, title, class_count, sample_count, kind="short", ties="none", absent=0, single=False, curve=False,
         with_dict=False):
    present = rng.permutation(class_count)[: 1 if single else class_count - absent]
    labels = rng.choice(present, sample_count)
    p = probabilities(rng, sample_count, class_count, labels, ties)
    predicted = p.argmax(1)
    every = list(range(class_count))
    target = names(rng, class_count, kind)
    p64 = p.astype(np.float64)
    arguments = dict(labels=every, target_names=target, zero_division=0)
    # Reversing the classes turns scikit-learn's preference for the higher class among ties around.
    reversed_labels, reversed_p = class_count - 1 - labels, p64[:, ::-1]
    result = {
        "title": title,
        "class_names": target,
        "labels": labels.tolist(),
        "probabilities": [float(str(v)) for v in p.reshape(-1)],
        "text": metrics.classification_report(labels, predicted, digits=2, **arguments),
        "log_loss": metrics.log_loss(labels, p64, labels=every),
        "areas": areas(labels, p),
        "top": {},
    }
    if class_count <= 3 or with_dict:
        result["text4"] = metrics.classification_report(labels, predicted, digits=4, **arguments)
        result["dict"] = metrics.classification_report(labels, predicted, output_dict=True, **arguments)
    if class_count < 50:
        result["confusion"] = metrics.confusion_matrix(labels, predicted, labels=every).tolist()
    if class_count > 2:
        for k in (1, 2, 3, 5):
            result["top"][str(k)] = metrics.top_k_accuracy_score(
                reversed_labels, reversed_p, k=k, labels=every)
    if curve and not single:
        c = int(present[0])
        fpr, tpr, thresholds = metrics.roc_curve(labels == c, p64[:, c])
        result["curve"] = {"class": c, "fpr": fpr.tolist(), "tpr": tpr.tolist(),
                           "thresholds": thresholds[1:].tolist()}
    return result


def crafted():
    """Hits that make precision and recall eighths, so that two decimals fall on a rounding tie."""
    rng = np.random.default_rng(5)
    found = []
    while len(found) < 4:
        one = case(rng, f"eighths {len(found)}", 3, 24, ties="coarse")
        values = [v for row in one["dict"].values() if isinstance(row, dict) for v in row.values()]
        if sum(v in (0.125, 0.375, 0.625, 0.875) for v in values) >= 2:
            found.append(one)
    return found


def main():
    rng = np.random.default_rng(20)
    cases = crafted()
    kinds, ties = ["short", "long", "unicode"], ["none", "coarse", "sharp"]
    for index in range(18):
        cases.append(case(rng, f"binary {index}", 2, int(rng.integers(2, 60)), kinds[index % 3],
                          ties[index // 3 % 3], curve=True, single=index == 7))
    for index in range(19):
        cases.append(case(rng, f"three {index}", 3, int(rng.integers(3, 45)), kinds[index % 3],
                          ties[index // 3 % 3], absent=index % 2, curve=index < 9, single=index == 5))
    for index in range(12):
        cases.append(case(rng, f"ten {index}", 10, int(rng.integers(15, 40)), kinds[index % 3],
                          ties[index // 3 % 3], absent=index % 4, curve=index == 0, with_dict=index < 3))
    for index in range(4):
        cases.append(case(rng, f"many {index}", 37, int(rng.integers(30, 45)), kinds[index % 3],
                          ties[index % 3], absent=3 * (index % 2), with_dict=index == 1))
    cases.append(case(rng, "over 128 classes", 150, 16, ties="coarse", absent=100))
    cases.append(case(rng, "one sample", 3, 1, curve=False, single=True))
    cases.append(case(rng, "many samples", 3, 700, ties="coarse", curve=True))
    print("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]")


main()
