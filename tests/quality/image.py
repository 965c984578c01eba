"""Pixel classifiers as baselines of the image network, on the photos that `trainer evaluate image --rows` wrote.

    image.py FOLDER --out FILE

FOLDER holds train.safetensors, validation.safetensors, test.safetensors and metrics.json, the last from
`trainer evaluate image --json` on the test split. Hyperparameters are chosen on the validation split. Intervals: 95 %, 2,000
bootstrap draws over photos; intervals of differences are paired.
"""

import argparse
import json
import pathlib

import numpy as np
from safetensors.numpy import load_file
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from intervals import draws, interval
from sentiment import METRICS

COMPONENTS = 100


def read(path):
    file = load_file(path)
    return file["pixels"].reshape(len(file["labels"]), -1) / 255.0, file["labels"], file["named"]


def chosen(models, splits):
    """The test predictions of the model with the best validation accuracy."""
    (x, labels, _), (validation, wanted, _), (test, _, _) = splits
    fitted = [(settings, model.fit(x, labels)) for settings, model in models]
    settings, best = max(fitted, key=lambda pair: pair[1].score(validation, wanted))
    return best.predict(test), settings


def compare(folder):
    splits = [read(folder / f"{name}.safetensors") for name in ("train", "validation", "test")]
    reported = json.loads((folder / "metrics.json").read_text())
    _, labels, ours = splits[2]
    one = np.ones(len(labels))
    for name, metric in METRICS.items():
        if abs(metric(labels, ours, one) - reported[name]) > 1e-9:
            raise SystemExit(f"{folder}: {name} is {metric(labels, ours, one)} here and {reported[name]} in metrics.json")
    smaller = PCA(COMPONENTS, random_state=1).fit(splits[0][0])
    reduced = [(smaller.transform(x), labels, named) for x, labels, named in splits]
    rows, counts = [], draws(len(labels))
    for model, (named, settings) in {
        "Windowshop": (ours, {}),
        "nearest neighbours of principal components": chosen([({"k": k}, KNeighborsClassifier(k)) for k in (1, 3, 5, 9)], reduced),
        "logistic regression of principal components": chosen([({"C": c}, LogisticRegression(C=c, max_iter=300)) for c in (0.01, 0.1, 1)], reduced),
    }.items():
        metrics = {}
        for name, metric in METRICS.items():
            found, beside = metric(labels, named, counts), metric(labels, ours, counts)
            value = metric(labels, named, one)
            metrics[name] = {
                "value": float(value), "ci95": interval(found),
                "ours_minus_this": float(metric(labels, ours, one) - value), "ours_minus_this_ci95": interval(beside - found),
            }
        rows.append({"model": model, "settings": settings, "metrics": metrics})
    return {"rows_used": [len(split[1]) for split in splits], "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(compare(options.folder), indent=1) + "\n")


if __name__ == "__main__":
    main()
