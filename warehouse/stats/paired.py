"""The points gap between two models: paired on the items they share, unpaired and labelled so where they share none.

Before: item scores of two models, with clusters, or two means with standard errors. After: a `PointsGap`.

    d_i = s_F,i - s_D,i  (mean over an item's repeats),   gap = mean d
    stderr^2 = (1 / n^2) sum over clusters c of (sum over i in c of (d_i - gap))^2

Without clusters every item is its own. Intervals and p-value are Student's with (clusters - 1) degrees of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.stats import t as student

from warehouse.stats.bootstrap import Interval, sum_by_cluster
from warehouse.stats.panel import StatsError

POWER, SIZE = 0.80, 0.05
DETECTABLE_SE = NormalDist().inv_cdf(1 - SIZE / 2) + NormalDist().inv_cdf(POWER)
"""How many standard errors a true gap must measure for a two-sided 5% test to find it with 80% power: 2.80."""


@dataclass(frozen=True)
class PointsGap:
    """Frontier minus domestic, in points of the scores' scale.

    `minimum_detectable` is the gap that a two-sided 5% test finds with 80% power, `p_value` two-sided against no gap,
    `degrees` Student's degrees of freedom. What is unknown is None: a stderr is never 0.
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
    degrees: float | None


def estimate_paired_gap(frontier: np.ndarray, domestic: np.ndarray, clusters: np.ndarray | None = None) -> PointsGap:
    """Return the mean item difference with its clustered standard error.

    Args:
        frontier: (n,) or (n, repeats) finite scores, one row an item.
        domestic: the same items in the same order; the number of repeats may differ.
        clusters: (n,) labels of the passage, subject or stem an item belongs to.

    The standard error is None below two clusters, and where all differences are equal: such data say nothing of it.

    Raises:
        StatsError: no item, different lengths or a score that is not finite.
    """
    means = [_average_repeats(scores) for scores in (frontier, domestic)]
    if means[0].shape != means[1].shape or not len(means[0]):
        shapes = f"{len(means[0])} and {len(means[1])} items"
        raise StatsError(f"paired gap: the same items are needed of both models; got {shapes}. Join them by item first")
    differences = means[0] - means[1]
    residuals = (differences - differences.mean())[:, None]
    sums = residuals if clusters is None else sum_by_cluster(residuals, clusters)
    stderr = float(np.sqrt(np.sum(sums**2))) / len(differences)
    has_spread = len(sums) > 1 and stderr > 1e-12
    gap = _build_gap(float(differences.mean()), stderr if has_spread else None, len(sums) - 1, paired=True)
    return _with_counts(gap, len(differences), len(sums))


def estimate_unpaired_gap(
    frontier: float, domestic: float, frontier_stderr: float | None, domestic_stderr: float | None
) -> PointsGap:
    """Return the difference of two means as if they were independent; stderr is None where either is unknown.

    On shared items that overstates the error, as the two models find the same items hard; it is labelled unpaired.
    """
    known = [stderr for stderr in (frontier_stderr, domestic_stderr) if stderr is not None and stderr > 0]
    stderr = float(np.hypot(*known)) if len(known) == 2 else None
    if not np.isfinite([frontier, domestic, *known]).all():
        raise StatsError(f"unpaired gap: finite scores are needed; got {frontier} and {domestic}. Leave it out")
    return _build_gap(float(frontier - domestic), stderr, np.inf, paired=False)


def combine_strata(gaps: Sequence[PointsGap]) -> PointsGap:
    """Return a suite's gap: the mean of its tasks' gaps, tasks as independent strata of equal weight.

    stderr^2 = (sum of stderr_k^2) / K^2, None where any is; degrees of freedom by Welch and Satterthwaite.
    """
    if not gaps:
        raise StatsError("suite gap: at least one task is needed; got none. Give the tasks' gaps")
    points = float(np.mean([gap.points for gap in gaps]))
    stderr, degrees = None, np.inf
    if all(gap.stderr is not None for gap in gaps):
        variances = np.array([gap.stderr**2 for gap in gaps])
        stderr = float(np.sqrt(variances.sum())) / len(gaps)
        parts = np.sum(variances**2 / np.array([gap.degrees for gap in gaps]))
        degrees = float(variances.sum() ** 2 / parts) if parts > 0 else np.inf
    combined = _build_gap(points, stderr, degrees, paired=all(gap.paired for gap in gaps))
    items, clusters = ([getattr(gap, field) for gap in gaps] for field in ("n_items", "n_clusters"))
    return _with_counts(combined, None if None in items else sum(items), None if None in clusters else sum(clusters))


def _average_repeats(scores: np.ndarray) -> np.ndarray:
    scores = np.asarray(scores, dtype=float)
    if not np.isfinite(scores).all():
        raise StatsError("paired gap: item scores must be finite; got NaN or infinity. Leave missing items out")
    return scores if scores.ndim == 1 else scores.mean(axis=1)


def _build_gap(points: float, stderr: float | None, degrees: float, paired: bool) -> PointsGap:
    if stderr is None:
        return PointsGap(points, None, None, None, None, None, paired, None, None, None)
    halves = {level: float(student.ppf(0.5 + level / 2, degrees)) * stderr for level in (0.90, 0.95)}
    ci90, ci95 = (Interval(points - half, points + half, level) for level, half in halves.items())
    p_value = float(2 * student.sf(abs(points) / stderr, degrees))
    return PointsGap(points, stderr, ci90, ci95, p_value, DETECTABLE_SE * stderr, paired, None, None, float(degrees))


def _with_counts(gap: PointsGap, n_items: int | None, n_clusters: int | None) -> PointsGap:
    return PointsGap(**{**vars(gap), "n_items": n_items, "n_clusters": n_clusters})
