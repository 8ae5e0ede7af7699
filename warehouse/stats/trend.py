"""The trend of a gap or a lag over its records, and where it would lead, always with an interval.

Before: dates and values of records, and their joint bootstrap draws. After: a `Trend` and its `Forecast`s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from collectors.errors import ModelgapError


class TrendDataError(ModelgapError):
    """There are too few records, or too short a time, for a trend."""


@dataclass(frozen=True)
class Forecast:
    """The value expected on a day with its prediction interval."""

    on: date
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Crossing:
    """The day a trend reaches a level; every field None where the interval is not bounded by the horizon."""

    on: date | None
    earliest: date | None
    latest: date | None
    reason: str | None  # why there is no date


@dataclass(frozen=True, eq=False)
class Trend:
    """A straight line through records: change per year with its interval."""

    slope_per_year: float
    slope_low: float
    slope_high: float
    level: float
    n_records: int
    first: date
    last: date

    def forecast(self, on: date) -> Forecast:
        """Return the value expected on a day with its prediction interval."""
        raise NotImplementedError

    def crossing(self, target: float, horizon: date) -> Crossing:
        """Return the day the line reaches `target`, only with its interval."""
        raise NotImplementedError


def fit_trend(
    dates: Sequence[date],
    values: Sequence[float],
    *,
    draws: np.ndarray | None = None,
    level: float = 0.90,
    min_records: int = 5,
    n_draws: int = 2000,
    seed: int = 0,
) -> Trend:
    """Return the least-squares line of `values` on `dates`; `draws` (n_draws, n_records) carry the values' own error."""
    raise NotImplementedError
