"""LightGBM and simple rules as baselines of the ranker, on the rows that `trainer evaluate ranker --rows` wrote.

    ranking.py FOLDER --rule NAME=COLUMN ... --out FILE

FOLDER holds train.safetensors, validation.safetensors, test.safetensors and metrics.json, the last from
`trainer evaluate ranker --json` on the test split. A baseline is trained on the train split, its settings and number of
trees are chosen on the validation split, and it is evaluated once on the test split. Intervals: 95 %, 2,000 bootstrap
draws over lists; intervals of differences are paired.
"""

import argparse
import itertools
import json
import pathlib

import lightgbm
import numpy as np
from safetensors import safe_open

from intervals import draws, interval

K = 10
MIN_GRADED_LIST = 5
ROUNDS = 600
PATIENCE = 40
GRID = [
    {"num_leaves": leaves, "min_data_in_leaf": rows, "learning_rate": rate}
    for leaves, rows, rate in itertools.product([7, 15, 31], [20, 100], [0.05])
]
COMMON = {
    "verbosity": -1, "num_threads": 2, "seed": 1, "deterministic": True, "force_row_wise": True,
    "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1,
}


class Split:
    """The rows of one split, grouped into lists."""

    def __init__(self, path):
        with safe_open(path, "numpy") as file:
            metadata = file.metadata()
            self.features, self.grades, self.scores = (file.get_tensor(n) for n in ("features", "grades", "scores"))
            self.lengths = file.get_tensor("lengths")
        self.columns = json.loads(metadata["columns"])
        self.protocol = json.loads(metadata["protocol"])
        self.lists = np.split(np.arange(len(self.grades)), np.cumsum(self.lengths)[:-1])


def discounted(gains):
    top = gains[:K]
    return float((top / np.log2(np.arange(len(top)) + 2)).sum())


def measure(split, scores):
    """(sum, weight) of each list, by metric, as the trainer defines them; a split's metric is the ratio of the sums."""
    protocol, out = split.protocol, {"ndcg@10": [], "pairwise_accuracy": []}
    if protocol["graded"]:
        out["rmse"] = []
    for rows in split.lists:
        grades, given = split.grades[rows].astype(float), scores[rows].astype(float)
        differ = grades[:, None] > grades[None, :]
        right = (given[:, None] > given[None, :]) + 0.5 * (given[:, None] == given[None, :])
        pairs = differ.sum()
        out["pairwise_accuracy"].append(((right * differ).sum(), pairs))
        if protocol["graded"]:
            clamped = np.clip(given, protocol["grade_min"], protocol["grade_max"])
            out["rmse"].append((((clamped - grades) ** 2).sum(), len(rows)))
        gains = 2 ** (grades - protocol["grade_min"]) - 1
        ideal = discounted(-np.sort(-gains))
        # Tied scores share their ranks: each has the mean gain of the tied items.
        _, group = np.unique(-given, return_inverse=True)
        mean = np.bincount(group, gains) / np.bincount(group)
        found = discounted(mean[np.sort(group)])
        if protocol["graded"] and (len(rows) < MIN_GRADED_LIST or pairs == 0):
            out["ndcg@10"].append((0.0, 0.0))
        elif ideal > 0:
            out["ndcg@10"].append((found / ideal, 1.0))
        else:
            out["ndcg@10"].append((0.0, 1.0 if protocol["absent_counts_zero"] else 0.0))
    return {name: np.array(values, dtype=float) for name, values in out.items()}


def value(name, sums):
    ratio = sums[..., 0] / sums[..., 1]
    return np.sqrt(ratio) if name == "rmse" else ratio


def ranked(split, scores):
    return float(value("ndcg@10", measure(split, scores)["ndcg@10"].sum(0)))


def selection_metric(split, scores):
    """The validation metric that selects settings, higher is better."""
    if split.protocol["graded"]:
        return -float(value("rmse", measure(split, scores)["rmse"].sum(0)))
    return ranked(split, scores)


def fit(train, validation, settings, labels, metric):
    """The model of the grid with the best `metric` on validation, and its settings."""
    best = None
    for setting in GRID:
        data = lightgbm.Dataset(train.features, labels(train), group=train.lengths, free_raw_data=False)
        check = lightgbm.Dataset(validation.features, labels(validation), group=validation.lengths, reference=data)
        booster = lightgbm.train(
            {**COMMON, **settings, **setting}, data, ROUNDS, [check],
            callbacks=[lightgbm.early_stopping(PATIENCE, first_metric_only=True, verbose=False)],
        )
        reached = metric(validation, booster.predict(validation.features))
        if best is None or reached > best[0]:
            best = (reached, booster, {**setting, "trees": booster.best_iteration})
    return best[1], best[2]


def boosted_models(train, validation):
    """LightGBM models by name, each with its settings."""
    smallest = train.protocol["grade_min"]
    # LightGBM needs integer labels: one per distinct grade, with the protocol's gain.
    levels = np.unique(np.concatenate([train.grades, validation.grades]))
    label = lambda split: np.searchsorted(levels, split.grades)
    gains = [float(2 ** (level - smallest) - 1) for level in levels]
    rank = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [K], "label_gain": gains, "lambdarank_truncation_level": 30}
    out = {"LightGBM lambdarank": fit(train, validation, rank, label, ranked)}
    if train.protocol["graded"]:
        square = {"objective": "regression", "metric": "rmse"}
        out["LightGBM regression"] = fit(train, validation, square, lambda split: split.grades, selection_metric)
    return out


def compare(folder, rules):
    train, validation, test = (Split(folder / f"{name}.safetensors") for name in ("train", "validation", "test"))
    reported = json.loads((folder / "metrics.json").read_text())
    ours = measure(test, test.scores)
    for name, sums in ours.items():
        found = float(value(name, sums.sum(0)))
        if abs(found - reported[name]) > 1e-6:
            raise SystemExit(f"{folder}: {name} is {found} here and {reported[name]} in metrics.json: the two protocols differ")
    scored = {"Windowshop": (test.scores, {})}
    for name, (booster, setting) in boosted_models(train, validation).items():
        scored[name] = (booster.predict(test.features), setting)
    for name, column in rules.items():
        scored[name] = (test.features[:, test.columns.index(column)], {"column": column})
    if test.protocol["shop_order"]:
        places = np.concatenate([-np.arange(length, dtype=float) for length in test.lengths])
        scored["the shop's order"] = (places, {})
    if test.protocol["graded"]:
        scored["mean grade"] = (np.full(len(test.grades), train.grades.mean()), {})
    chosen = draws(len(test.lists))
    rows = []
    for model, (scores, setting) in scored.items():
        measured = measure(test, scores)
        row = {"model": model, "settings": setting, "metrics": {}}
        for name, sums in measured.items():
            # Scores of rules and of LambdaMART are no grades.
            if name == "rmse" and not ("regression" in model or model in ("Windowshop", "mean grade")):
                continue
            resampled = value(name, np.einsum("dl,lk->dk", chosen, sums))
            beside = value(name, np.einsum("dl,lk->dk", chosen, ours[name]))
            row["metrics"][name] = {
                "value": float(value(name, sums.sum(0))), "ci95": interval(resampled),
                "ours_minus_this": float(value(name, ours[name].sum(0)) - value(name, sums.sum(0))),
                "ours_minus_this_ci95": interval(beside - resampled),
            }
        rows.append(row)
    return {"rows_used": [len(split.lists) for split in (train, validation, test)], "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rule", action="append", default=[], metavar="NAME=COLUMN")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    result = compare(options.folder, dict(rule.split("=") for rule in options.rule))
    options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
