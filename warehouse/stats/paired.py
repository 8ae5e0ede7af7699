"""The points gap between two models: paired on the items they share, unpaired and labelled so where they share none.

Before: item scores of two models, with clusters, or two means with standard errors. After: a `PointsGap`.
"""

from dataclasses import dataclass

import numpy as np

from warehouse.stats.bootstrap import Interval


@dataclass(frozen=True)
class PointsGap:
    """Frontier minus domestic, in points of the scores' scale.

    `minimum_detectable` is the gap that a two-sided 5% test finds with 80% power; `p_value` is two-sided.
    """

    points: float
    stderr: float | None
    ci90: Interval | None
    ci95: Interval | None
    p_value: float | None
    minimum_detectable: float | None
    paired: bool
    n_items: int | None
    n_clusters: int | None


def estimate_paired_gap(frontier: np.ndarray, domestic: np.ndarray, clusters: np.ndarray | None = None) -> PointsGap:
    """Return the mean item difference with its clustered standard error; items are rows, repeats (if any) columns."""
    raise NotImplementedError


def combine_strata(gaps: list[PointsGap]) -> PointsGap:
    """Return a suite's gap: the mean of its tasks' gaps, tasks as independent strata of equal weight."""
    raise NotImplementedError


def estimate_unpaired_gap(
    frontier: float, domestic: float, frontier_stderr: float | None, domestic_stderr: float | None
) -> PointsGap:
    """Return the difference of two means as if independent; stderr is None where either is unknown."""
    raise NotImplementedError
