"""Percentile intervals from draws, and joint draws of means from items.

Before: items' scores (or differences), or the draws of any statistic. After: draws of the means, in which models that
answered the same items move together, and percentile intervals.
"""

from dataclasses import dataclass

import numpy as np

from warehouse.stats.panel import StatsError


@dataclass(frozen=True)
class Interval:
    """A percentile interval; a bound is None where the draws do not reach it (a median that is not reached)."""

    low: float | None
    high: float | None
    level: float


def draw_means(
    items: np.ndarray, n_draws: int, rng: np.random.Generator, clusters: np.ndarray | None = None
) -> np.ndarray:
    """Return (n_draws, k) joint bootstrap means of k columns (models, or one difference) over n shared items.

    Whole clusters are drawn with replacement (without `clusters` every item is its own); a draw's mean is the sum of
    the drawn items over their number. Clusters with equal sums and sizes are interchangeable, so a draw is one
    multinomial over the distinct ones: for right-or-wrong answers of two models that is four numbers, not n.

    Args:
        items: (n, k) or (n,) finite scores, means over repeats.
        n_draws: how many draws.
        rng: the generator, seeded by the caller.
        clusters: (n,) labels of the passage, subject or stem an item belongs to.

    Raises:
        StatsError: there is no item, or one is not finite.
    """
    items = np.asarray(items, dtype=float)
    items = items[:, None] if items.ndim == 1 else items
    if items.size == 0 or not np.isfinite(items).all():
        raise StatsError(
            f"bootstrap: items must be finite and at least one; got {items.shape}. Leave missing items out"
        )
    totals = np.column_stack([items, np.ones(len(items))])
    if clusters is not None:
        totals = sum_by_cluster(totals, clusters)
    distinct, times = np.unique(totals, axis=0, return_counts=True)
    drawn = rng.multinomial(len(totals), times / len(totals), size=n_draws) @ distinct
    return drawn[:, :-1] / drawn[:, -1:]


def sum_by_cluster(values: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the column sums of `values` (n, k) within each cluster label, (n_clusters, k)."""
    labels, member = np.unique(np.asarray(clusters), return_inverse=True)
    if member.shape != (len(values),):
        raise StatsError(
            f"clusters: one label an item is needed; got {member.shape} for {len(values)} items. Align them"
        )
    sums = np.zeros((len(labels), values.shape[1]))
    np.add.at(sums, member, values)
    return sums


def take_bounds(draws: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper percentile bound of draws (n_draws, …) over the first axis, each (…).

    Draws that are NaN (undefined) are left out; without any left the bounds are NaN. Ranks are rounded outwards, so
    that an infinite draw (a median not reached) is never averaged with a finite one.
    """
    if not len(draws):
        return (np.full(draws.shape[1:], np.nan),) * 2
    ordered = np.sort(draws, axis=0)
    defined = np.sum(~np.isnan(ordered), axis=0)
    tail = (1 - level) / 2 * np.maximum(defined - 1, 0)
    low = np.floor(tail + 1e-9).astype(int)
    high = np.maximum(defined - 1, 0) - low
    return _pick(ordered, low), _pick(ordered, high)


def take_interval(draws: np.ndarray, level: float) -> Interval | None:
    """Return the percentile interval of (n_draws,) draws, or None where no draw is defined."""
    low, high = (float(bound) for bound in take_bounds(np.asarray(draws, dtype=float), level))
    if np.isnan(low):
        return None
    return Interval(low=low if np.isfinite(low) else None, high=high if np.isfinite(high) else None, level=level)


def _pick(ordered: np.ndarray, rank: np.ndarray) -> np.ndarray:
    return np.take_along_axis(ordered, np.asarray(rank)[None, ...], axis=0)[0]
