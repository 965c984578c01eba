"""95 % bootstrap intervals: 2,000 draws, the same for all models, so that differences are paired."""

import numpy as np

DRAWS = 2_000


def draws(count):
    """Count of each of `count` lists or texts in each draw, `[draws, count]`."""
    return np.random.default_rng(1).multinomial(count, np.full(count, 1 / count), size=DRAWS)


def interval(values):
    return [float(v) for v in np.quantile(values, [0.025, 0.975])]
