"""Percentile intervals from draws, and draws of means from items.

Before: items' scores (or differences), or the draws of any statistic. After: joint draws, and intervals of them.
"""

from dataclasses import dataclass

import numpy as np

LEVELS = (0.90, 0.95)


@dataclass(frozen=True)
class Interval:
    """A percentile interval; a bound is None where the draws do not reach it (a median that is not reached)."""

    low: float | None
    high: float | None
    level: float


def draw_means(
    items: np.ndarray, n_draws: int, rng: np.random.Generator, clusters: np.ndarray | None = None
) -> np.ndarray:
    """Return (n_draws, k) joint bootstrap means of k columns (models) over n shared items, clusters resampled whole."""
    raise NotImplementedError


def take_interval(draws: np.ndarray, level: float) -> Interval | None:
    """Return the percentile interval of (n_draws,) draws, or None where no draw is defined."""
    raise NotImplementedError
