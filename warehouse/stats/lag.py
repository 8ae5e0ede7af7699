"""Record lag and standing lag between two cohorts, signed, at any date and as a daily series.

Before: a `Panel` and a match rule. After: months, positive where the frontier leads, negative where the domestic
cohort does, with percentile intervals from draws in which the records are selected anew.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from warehouse.stats.bootstrap import Interval
from warehouse.stats.match import POINT, MatchRule
from warehouse.stats.panel import Panel
from warehouse.stats.records import RecordStep

Leader = Literal["frontier", "domestic", "level"]


@dataclass(frozen=True)
class Lag:
    """The lag at one date, in months; positive: domestic is behind, negative: domestic leads by at least as much.

    `matched` is the leader's model that first reached the other's record; `is_level`: each record matches the other
    under the rule. The intervals and shares are None without draws.
    """

    as_of: date
    match_rule: str
    leads: Leader
    is_level: bool
    standing_months: float
    record_months: float
    domestic_record: RecordStep
    frontier_record: RecordStep
    matched: RecordStep
    standing_ci90: Interval | None
    standing_ci95: Interval | None
    record_ci90: Interval | None
    record_ci95: Interval | None
    share_domestic_leads: float | None
    share_undefined: float | None


@dataclass(frozen=True, eq=False)
class LagSeries:
    """The lag day by day, arrays of one length; NaN before both cohorts have a model."""

    match_rule: str
    dates: np.ndarray
    standing_months: np.ndarray
    record_months: np.ndarray
    ci90: np.ndarray | None
    ci95: np.ndarray | None
    share_domestic_leads: np.ndarray | None


def estimate_lag(panel: Panel, as_of: date, rule: MatchRule = POINT) -> Lag:
    """Return the signed standing and record lag at `as_of`; StatsError where a cohort has no model by then."""
    raise NotImplementedError


def trace_lag(panel: Panel, start: date, end: date, rule: MatchRule = POINT) -> LagSeries:
    """Return the standing lag for every day from `start` to `end`, intervals of the standing lag as (days, 2)."""
    raise NotImplementedError
