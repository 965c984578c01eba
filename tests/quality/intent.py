"""LightGBM and a linear model as baselines of the intent network, on the rows that `trainer evaluate intent --rows` wrote.

    intent.py FOLDER --out FILE

FOLDER holds train.safetensors, validation.safetensors, test.safetensors and metrics.json, the last from
`trainer evaluate intent --json` on the test split. A baseline's settings and number of trees are chosen on the validation
split by log loss; its threshold, or for more than two classes its class weights, by macro F1, as ours. Intervals: 95 %, 2,000
bootstrap draws over customers, or over rows without customers (200 above 50,000 rows); intervals of differences are paired.
"""

import argparse
import itertools
import json
import pathlib

import lightgbm
import numpy as np
from safetensors import safe_open
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from intervals import interval

ROUNDS = 1_500
PATIENCE = 60
GRID = [
    {"num_leaves": leaves, "min_data_in_leaf": rows, "learning_rate": 0.04}
    for leaves, rows in itertools.product([7, 15, 31], [20, 100])
]
COMMON = {
    "verbosity": -1, "num_threads": 2, "seed": 1, "deterministic": True, "force_row_wise": True,
    "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
}
# Splits with at least this many rows use a smaller grid and fewer draws: the full ones take an hour and change nothing.
MANY = 50_000


class Split:
    """The rows of one split."""

    def __init__(self, path):
        with safe_open(path, "numpy") as file:
            tensor = file.get_tensor
            self.numbers, self.names, self.labels = tensor("numbers"), tensor("names").astype(int), tensor("labels").astype(int)
            self.clusters = tensor("clusters").astype(int)
            self.probabilities, self.named = tensor("probabilities").astype(float), tensor("named").astype(int)
        self.features = np.hstack([self.numbers, self.names])
        self.categorical = list(range(self.numbers.shape[1], self.features.shape[1]))


def f1_scores(labels, named, counts, classes):
    scores = []
    for one in range(classes):
        hits = counts @ ((labels == one) & (named == one))
        both = counts @ (labels == one) + counts @ (named == one)
        scores.append(2 * hits / np.maximum(both, 1))
    return scores


def macro_f1(split, probabilities, named, counts):
    return np.mean(f1_scores(split.labels, named, counts, probabilities.shape[1]), 0)


def ordered(split, probabilities, counts):
    """Cumulative hits and misses at each distinct score, highest first, per draw."""
    order = np.argsort(-probabilities[:, 1], kind="stable")
    scores = probabilities[order, 1]
    last = np.append(scores[1:] != scores[:-1], True)
    weights = counts[..., order]
    hit = split.labels[order] == 1
    return np.cumsum(weights * hit, -1)[..., last], np.cumsum(weights * ~hit, -1)[..., last]


def auc(split, probabilities, named, counts):
    hits, misses = ordered(split, probabilities, counts)
    before = np.concatenate([np.zeros_like(hits[..., :1]), hits[..., :-1]], -1)
    steps = np.diff(misses, prepend=0, axis=-1)
    return (steps * (hits + before) / 2).sum(-1) / (hits[..., -1] * misses[..., -1])


def auprc(split, probabilities, named, counts):
    hits, misses = ordered(split, probabilities, counts)
    steps = np.diff(hits, prepend=0, axis=-1)
    return (steps * hits / np.maximum(hits + misses, 1)).sum(-1) / hits[..., -1]


def log_loss(split, probabilities, named, counts):
    surprise = -np.log(np.maximum(probabilities[np.arange(len(split.labels)), split.labels], 1e-7))
    return counts @ surprise / counts.sum(-1)


def metrics_of(classes):
    shared = {"macro_f1": macro_f1, "log_loss": log_loss}
    return {"auc": auc, "auprc": auprc, **shared} if classes == 2 else shared


def decision_rule(split, probabilities):
    """Maps probabilities to classes with the threshold or the class weights of the best macro F1."""
    classes, one = probabilities.shape[1], np.ones(len(split.labels))
    if classes == 2:
        candidates = np.unique(np.quantile(probabilities[:, 1], np.linspace(0, 1, 400)))
        best = max(candidates, key=lambda t: macro_f1(split, probabilities, (probabilities[:, 1] >= t).astype(int), one))
        return lambda p: (p[:, 1] >= best).astype(int)
    weights = np.ones(classes)
    reached = lambda w: macro_f1(split, probabilities, (probabilities * w).argmax(1), one)
    best = reached(weights)
    for step in (1.6, 1.1):
        for turn in range(classes * 3):
            start, kept = weights[turn % classes], weights[turn % classes]
            for power in range(-8, 9):
                weights[turn % classes] = start * step**power
                if reached(weights) > best:
                    best, kept = reached(weights), weights[turn % classes]
            weights[turn % classes] = kept
    return lambda p: (p * weights).argmax(1)


def boosted(train, validation):
    classes = train.labels.max() + 1
    objective = {"objective": "binary", "metric": "binary_logloss"}
    if classes > 2:
        objective = {"objective": "multiclass", "num_class": int(classes), "metric": "multi_logloss"}
    whole = lambda p: np.column_stack([1 - p, p]) if classes == 2 else p
    best = None
    for setting in GRID if len(train.labels) < MANY else GRID[3::2]:
        data = lightgbm.Dataset(train.features, train.labels, categorical_feature=train.categorical, free_raw_data=False)
        check = lightgbm.Dataset(validation.features, validation.labels, reference=data)
        booster = lightgbm.train(
            {**COMMON, **objective, **setting}, data, ROUNDS, [check],
            callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
        )
        reached = next(iter(booster.best_score["valid_0"].values()))
        if best is None or reached < best[0]:
            best = (reached, booster, {**setting, "trees": booster.best_iteration})
    _, booster, setting = best
    return lambda split: whole(booster.predict(split.features)), setting


def linear(train, validation):
    """Logistic regression on standardised numbers, missing ones set to the mean, and one-hot categories."""
    mean = np.nan_to_num(np.nanmean(train.numbers, 0))
    rows = max(split.names.max() for split in (train, validation)) + 1 if train.names.shape[1] else 0

    def features(split):
        numbers = np.where(np.isnan(split.numbers), mean, split.numbers)
        one_hot = np.zeros((len(numbers), rows))
        for column in split.names.T:
            one_hot[np.arange(len(numbers)), np.minimum(column, rows - 1)] = 1
        return np.hstack([numbers, one_hot])

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300)).fit(features(train), train.labels)
    return lambda split: model.predict_proba(features(split)), {}


def compare(folder):
    train, validation, test = (Split(folder / f"{name}.safetensors") for name in ("train", "validation", "test"))
    reported = json.loads((folder / "metrics.json").read_text())
    count = len(test.labels)
    one, size = np.ones(count), 2_000 if count < MANY else 200
    clusters = test.clusters.max() + 1
    counts = np.random.default_rng(1).multinomial(clusters, np.full(clusters, 1 / clusters), size=size)[:, test.clusters]
    metrics = metrics_of(test.probabilities.shape[1])
    for name, metric in metrics.items():
        found = float(metric(test, test.probabilities, test.named, one))
        if abs(found - reported[name]) > 1e-5:
            raise SystemExit(f"{folder}: {name} is {found} here and {reported[name]} in metrics.json: the two protocols differ")
    predictions = {"Windowshop": (test.probabilities, test.named, {})}
    for name, baseline in {"LightGBM": boosted, "logistic regression": linear}.items():
        predict, setting = baseline(train, validation)
        classify = decision_rule(validation, predict(validation))
        predictions[name] = (predict(test), classify(predict(test)), setting)
    ours = {name: metric(test, test.probabilities, test.named, counts) for name, metric in metrics.items()}
    rows = []
    for model, (probabilities, named, settings) in predictions.items():
        row = {"model": model, "settings": settings, "metrics": {}}
        for name, metric in metrics.items():
            found, value = metric(test, probabilities, named, counts), float(metric(test, probabilities, named, one))
            row["metrics"][name] = {
                "value": value, "ci95": interval(found),
                "ours_minus_this": float(metric(test, test.probabilities, test.named, one) - value),
                "ours_minus_this_ci95": interval(ours[name] - found),
            }
        rows.append(row)
    return {"rows_used": [len(split.labels) for split in (train, validation, test)], "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.write_text(json.dumps(compare(options.folder), indent=1) + "\n")


if __name__ == "__main__":
    main()
