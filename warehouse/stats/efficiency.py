"""Efficiency: the best score for at most so many parameters or dollars, and the least that reaches a score.

Before: a `Panel` and a cost a model (billions of parameters, or USD). After: record curves and the cheapest models.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.stats.panel import Cohort, Panel


@dataclass(frozen=True)
class EfficiencyStep:
    """One model on a record curve: its cost (parameters or price), score and release date."""

    model: str
    released: date
    cost: float
    score: float


def trace_efficiency(panel: Panel, cost: np.ndarray, cohort: Cohort, as_of: date) -> list[EfficiencyStep]:
    """Return the models that no cheaper or equally cheap one of the cohort matches, by rising cost."""
    raise NotImplementedError


def find_cheapest(panel: Panel, cost: np.ndarray, cohort: Cohort, target: float, as_of: date) -> EfficiencyStep | None:
    """Return the cohort's cheapest model by `as_of` with a score >= `target`, or None."""
    raise NotImplementedError


def trace_cheapest(panel: Panel, cost: np.ndarray, cohort: Cohort, target: float) -> list[EfficiencyStep]:
    """Return how the least cost that reaches `target` fell, one step each time it did, by release date."""
    raise NotImplementedError
