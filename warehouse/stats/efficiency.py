"""Efficiency: the best score for at most so many parameters or dollars, and the least that reaches a score.

Before: a `Panel` and a cost a model (billions of parameters, or USD). After: record curves and the cheapest models.
A model of unknown cost takes no part, so that a bloc that keeps its models' sizes to itself looks less efficient than
it is: `count_costed` says on how many models a curve rests.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.stats.panel import Cohort, Panel, StatsError, count_day


@dataclass(frozen=True)
class EfficiencyStep:
    """One model on a record curve: its cost (parameters or price), score and release date."""

    model: str
    released: date
    cost: float
    score: float


def trace_efficiency(panel: Panel, cost: np.ndarray, cohort: Cohort, as_of: date) -> list[EfficiencyStep]:
    """Return the cohort's models by `as_of` that beat every other of at most their cost, by rising cost.

    Between two steps the curve is flat: the best score for at most that cost.

    Args:
        panel: the models and scores.
        cost: (n,) costs >= 0, NaN where unknown.
        cohort: whose curve.
        as_of: the date; models released later play no part.

    Raises:
        StatsError: a cost is negative or infinite, or their number is not the models'.
    """
    cost = _check_cost(panel, cost)
    rows = _find_costed(panel, cost, cohort, as_of)
    steps: list[EfficiencyStep] = []
    for row in sorted(rows, key=lambda row: (cost[row], -panel.score[row], panel.release[row], panel.models[row])):
        if not steps or panel.score[row] > steps[-1].score:
            steps.append(_describe_step(panel, cost, row))
    return steps


def find_cheapest(panel: Panel, cost: np.ndarray, cohort: Cohort, target: float, as_of: date) -> EfficiencyStep | None:
    """Return the cohort's cheapest model by `as_of` with a score >= `target` (of equals the earlier), or None."""
    steps = trace_cheapest(panel, cost, cohort, target, as_of)
    return steps[-1] if steps else None


def trace_cheapest(
    panel: Panel, cost: np.ndarray, cohort: Cohort, target: float, as_of: date | None = None
) -> list[EfficiencyStep]:
    """Return how the least cost that reaches `target` fell: one step each time it did, by release date."""
    cost = _check_cost(panel, cost)
    rows = [row for row in _find_costed(panel, cost, cohort, as_of) if panel.score[row] >= target]
    steps: list[EfficiencyStep] = []
    for row in sorted(rows, key=lambda row: (panel.release[row], cost[row], -panel.score[row], panel.models[row])):
        if not steps or cost[row] < steps[-1].cost:
            steps.append(_describe_step(panel, cost, row))
    return steps


def count_costed(panel: Panel, cost: np.ndarray, cohort: Cohort, as_of: date) -> tuple[int, int]:
    """Return how many of the cohort's models by `as_of` have a known cost, and how many models it has."""
    cost = _check_cost(panel, cost)
    return len(_find_costed(panel, cost, cohort, as_of)), len(panel.released_by(as_of).members(cohort))


def _find_costed(panel: Panel, cost: np.ndarray, cohort: Cohort, as_of: date | None) -> np.ndarray:
    rows = panel.members(cohort)
    last = np.inf if as_of is None else count_day(as_of)
    return rows[~np.isnan(cost[rows]) & (panel.days[rows] <= last)]


def _check_cost(panel: Panel, cost: np.ndarray) -> np.ndarray:
    cost = np.asarray(cost, dtype=float)
    if cost.shape != panel.score.shape:
        raise StatsError(
            f"efficiency: one cost a model is needed; got {cost.shape} for {panel.score.shape}. Align them"
        )
    if ((cost < 0) | np.isinf(cost)).any():
        raise StatsError("efficiency: costs must be >= 0 and finite; got another value. Mark an unknown cost with NaN")
    return cost


def _describe_step(panel: Panel, cost: np.ndarray, row: int) -> EfficiencyStep:
    return EfficiencyStep(panel.models[row], panel.release[row].astype(date), float(cost[row]), float(panel.score[row]))
