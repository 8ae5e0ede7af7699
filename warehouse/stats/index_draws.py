"""The two ways to draw a score table anew for the capability index's intervals.

Before: a score table sorted by model, and its fitted scores. After: one row per draw, of counts or of scores.
"""

import numpy as np


def draw_counts(rng: np.random.Generator, model: np.ndarray, n_draws: int) -> np.ndarray:
    """Return how often each score is drawn, (n_draws, n_scores) uint8, when each model's are drawn with replacement.

    `model` (n_scores,) is sorted; every model keeps its number of scores in every draw.
    """
    start = np.searchsorted(model, model)
    size = np.searchsorted(model, model, side="right") - start
    pick = start + (rng.random((n_draws, len(model))) * size).astype(int)
    pick += np.arange(n_draws)[:, None] * len(model)
    return np.bincount(pick.ravel(), minlength=pick.size).reshape(pick.shape).astype(np.uint8)


def draw_scores(
    rng: np.random.Generator, score: np.ndarray, fitted: np.ndarray, n_parameters: int, n_draws: int, clip: float
) -> np.ndarray:
    """Return fitted scores plus residuals drawn from the whole table, (n_draws, n_scores), within the clip.

    Residuals are in units of sqrt(p (1 - p)) of the fitted score p, in which their size is the same for easy and for
    hard benchmarks, and enlarged by sqrt(n / (n - n_parameters)) for what the fit has taken out of them.
    """
    unit = np.sqrt(fitted * (1.0 - fitted))
    n = len(score)
    residual = (score - fitted) / unit * np.sqrt(n / max(n - n_parameters, 1))
    drawn = fitted + unit * rng.choice(residual - residual.mean(), size=(n_draws, n))
    return np.clip(drawn, clip, 1.0 - clip)
