"""Bag-of-words baselines of the sentiment network, on the texts that `trainer evaluate sentiment --dump` wrote.

    sentiment.py FOLDER --analyser word|char --out FILE

FOLDER holds train.jsonl, validation.jsonl, test.jsonl and metrics.json, the last from `trainer evaluate sentiment --json`
on the test split. Regularisation and, for two classes, the threshold (best macro F1) are chosen on the validation
split. Intervals: 95 %, 2,000 bootstrap draws over texts; intervals of differences are paired.
"""

import argparse
import json
import pathlib

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from intervals import draws, interval

GRID = [0.5, 1, 2, 4, 8, 16]
SENTIMENTS = ["negative", "neutral", "positive"]


def read(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    sentiments = [sentiment for sentiment in SENTIMENTS if sentiment in rows[0]["probabilities"]]
    labels = np.array([sentiments.index(row["sentiment"]) for row in rows])
    named = np.array([sentiments.index(row["named"]) for row in rows])
    return [row["text"] for row in rows], labels, named


def accuracy(labels, named, counts):
    return (counts * (labels == named)).sum(-1) / counts.sum(-1)


def macro_f1(labels, named, counts):
    scores = []
    for sentiment in range(labels.max() + 1):
        hits = (counts * ((labels == sentiment) & (named == sentiment))).sum(-1)
        both = (counts * (labels == sentiment)).sum(-1) + (counts * (named == sentiment)).sum(-1)
        scores.append(2 * hits / np.maximum(both, 1))
    return np.mean(scores, 0)


METRICS = {"accuracy": accuracy, "macro_f1": macro_f1}


def best_threshold(probabilities, labels):
    one = np.ones(len(labels))
    candidates = np.linspace(0.05, 0.95, 181)
    return max(candidates, key=lambda t: macro_f1(labels, (probabilities[:, 1] >= t).astype(int), one))


def logistic_regression(splits, analyser):
    """tf-idf of word 1-2-grams or character 1-3-grams, and logistic regression."""
    (train, labels, _), (validation, wanted, _), (test, _, _) = splits
    ngrams = {"word": (1, 2), "char": (1, 3)}[analyser]
    features = TfidfVectorizer(analyzer=analyser, ngram_range=ngrams, min_df=2, sublinear_tf=True)
    x, v, t = features.fit_transform(train), features.transform(validation), features.transform(test)
    one = np.ones(len(wanted))
    best = None
    for c in GRID:
        model = LogisticRegression(C=c, max_iter=500).fit(x, labels)
        probabilities = model.predict_proba(v)
        binary = probabilities.shape[1] == 2
        threshold = best_threshold(probabilities, wanted) if binary else None
        name = lambda p: (p[:, 1] >= threshold).astype(int) if binary else p.argmax(1)
        reached = macro_f1(wanted, name(probabilities), one)
        if best is None or reached > best[0]:
            best = (reached, name(model.predict_proba(t)), {"C": c, "ngrams": ngrams})
    return best[1], best[2]


def compare(folder, analyser):
    splits = [read(folder / f"{name}.jsonl") for name in ("train", "validation", "test")]
    reported = json.loads((folder / "metrics.json").read_text())
    _, labels, ours = splits[2]
    one = np.ones(len(labels))
    for name, metric in METRICS.items():
        if abs(metric(labels, ours, one) - reported[name]) > 1e-9:
            raise SystemExit(f"{folder}: {name} is {metric(labels, ours, one)} here and {reported[name]} in metrics.json")
    counts = draws(len(labels))
    rows = []
    for model, (named, settings) in {
        "Windowshop": (ours, {}),
        "tf-idf + logistic regression": logistic_regression(splits, analyser),
        "the most frequent sentiment": (np.full(len(labels), np.bincount(splits[0][1]).argmax()), {}),
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
    return {"rows_used": [len(split[0]) for split in splits], "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--analyser", choices=["word", "char"], required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(compare(options.folder, options.analyser), indent=1) + "\n")


if __name__ == "__main__":
    main()
