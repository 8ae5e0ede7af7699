"""The trend of a gap or a lag over its records, and where it would lead, always with an interval.

Before: the dates and values of records, and their joint bootstrap draws where there are some. After: a `Trend`, from
which come `Forecast`s and `Crossing`s, none without an interval and none further ahead than the records reach back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from warehouse.stats.panel import StatsError

YEAR_DAYS = 365.25
_SHORTEST_DAYS = 180
_MOST_CORRELATED = 0.8


class TrendDataError(StatsError):
    """There are too few records, or too short a time, for a trend; or a question it cannot answer."""


@dataclass(frozen=True)
class Forecast:
    """The value that a record set on a day would have, with its prediction interval."""

    on: date
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Crossing:
    """The day a trend reaches a value; the three dates are None together, and `reason` then says why."""

    on: date | None
    earliest: date | None
    latest: date | None
    reason: str | None


@dataclass(frozen=True, eq=False)
class Trend:
    """A straight line through records: change a year with its interval, and the lines drawn around it."""

    slope_per_year: float
    slope_low: float
    slope_high: float
    level: float  # of every interval
    n_records: int
    first: date
    last: date
    mean_value: float  # of the line on `middle`, days since 1970-01-01
    middle: float
    lines: np.ndarray  # (n_draws, 2): value on `middle`, change a day
    scatter: np.ndarray  # (n_draws,): how far off its line one more record lies

    @property
    def horizon(self) -> date:
        """Return the last day that is forecast: as far ahead of the last record as the first lies behind it."""
        return self.last + (self.last - self.first)

    def forecast(self, on: date) -> Forecast:
        """Return the value that a record set on a day would have, with its prediction interval.

        Raises: TrendDataError: the day lies before the first record or beyond the horizon.
        """
        if not self.first <= on <= self.horizon:
            raise TrendDataError(
                f"forecast: records reach from {self.first} to {self.last}; got {on}."
                f" Ask for a day from {self.first} to {self.horizon}"
            )
        ahead = _count_days([on])[0] - self.middle
        value = self.mean_value + self.slope_per_year / YEAR_DAYS * ahead
        low, high = np.quantile(self.lines[:, 0] + self.lines[:, 1] * ahead + self.scatter, _tails(self.level))
        return Forecast(on, float(value), float(low), float(high))

    def find_crossing(self, target: float) -> Crossing:
        """Return the day after the last record on which the line reaches `target`, only with its whole interval.

        No date is given where the interval does not end within the horizon: a line that may as well never arrive has
        no date of arrival.
        """
        start, now = _count_days([self.first, self.last]) - self.middle
        slope = self.slope_per_year / YEAR_DAYS
        onward = 1.0 if slope >= 0 else -1.0
        missing = onward * (target - self.mean_value - slope * now)
        if missing <= 0 <= onward * (target - self.mean_value - slope * start):
            return Crossing(None, None, None, f"the line has reached {target:g} already")
        left = onward * (target - self.lines[:, 0] - self.lines[:, 1] * now)
        speed = onward * self.lines[:, 1]
        waits = np.where(left <= 0, 0.0, np.where(speed > 0, left / np.where(speed > 0, speed, 1.0), np.inf))
        low, high = np.quantile(waits, _tails(self.level), method="inverted_cdf")
        end = (self.horizon - self.last).days
        wait = missing / abs(slope) if slope and missing > 0 else np.inf
        if max(high, wait) > end:
            share = np.mean(waits <= end) if missing > 0 else 0.0
            return Crossing(None, None, None, f"{share:.0%} of the lines drawn reach {target:g} by {self.horizon}")
        return Crossing(*(self.last + timedelta(days=round(days)) for days in (wait, low, high)), None)


def fit_trend(
    dates: Sequence[date],
    values: Sequence[float],
    *,
    draws: np.ndarray | None = None,
    level: float = 0.90,
    min_records: int = 5,
    n_draws: int = 4000,
    seed: int = 0,
) -> Trend:
    """Return the least-squares line of `values` on `dates`, with lines drawn around it for its intervals.

        value = mean + slope (day - mean day) + error

    Student's t with n - 2 degrees of freedom, its errors enlarged by sqrt((1 + r) / (1 - r)) where successive
    residuals resemble each other (r > 0): a lag changes little from one record to the next. In simulations of 10
    records 90% intervals of the slope cover 93% with independent errors and 80% at a correlation of 0.5, which so few
    records hardly show; the forecasts' cover 90% and more. Where `draws` are given
    their lines' spread is added, which carries what the values' own errors share; the part that they do not share is
    then counted twice, so intervals err on the wide side.

    Assumes that the line goes on as it went: an extrapolation, not a model of progress.

    Args:
        dates: of the records, at least `min_records` different days over at least 180 days.
        values: lag in months or gap in points at each record.
        draws: (n, n_records) joint bootstrap draws of the values, or None where their own error is unknown.
        level: of the intervals.
        min_records: fewest records that make a trend, at least 3.
        n_draws: lines drawn.
        seed: of the lines.

    Raises:
        TrendDataError: lengths differ, a value is not finite, too few records or too short a time.

    Example: `fit_trend(record_dates, lag_months).forecast(date(2027, 1, 1))`
    """
    day, value = _count_days(dates), np.asarray(values, float)
    _check_records(dates, day, value, draws, level, max(min_records, 3))
    middle, off = day.mean(), day - day.mean()
    slope = off @ value / (off @ off)
    residual = value - value.mean() - slope * off
    n = len(value)
    spread = np.sqrt(residual @ residual / (n - 2)) * _enlarge(residual[np.argsort(day)])

    rng = np.random.default_rng(seed)
    unit = spread * np.sqrt((n - 2) / rng.chisquare(n - 2, n_draws))
    noise = unit[:, None] * rng.standard_normal((n_draws, 2)) / np.sqrt([n, off @ off])
    lines = np.array([value.mean(), slope]) + noise
    if draws is not None:
        drawn = np.asarray(draws, float)[rng.integers(0, len(draws), n_draws)] - value
        lines += np.column_stack([drawn.mean(axis=1), drawn @ off / (off @ off)])
    low, high = np.quantile(lines[:, 1], _tails(level)) * YEAR_DAYS
    return Trend(
        slope_per_year=float(slope * YEAR_DAYS),
        slope_low=float(low),
        slope_high=float(high),
        level=level,
        n_records=n,
        first=min(dates),
        last=max(dates),
        mean_value=float(value.mean()),
        middle=float(middle),
        lines=lines,
        scatter=unit * rng.standard_normal(n_draws),
    )


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def _count_days(dates: Sequence[date]) -> np.ndarray:
    return np.array(dates, dtype="datetime64[D]").astype(np.int64).astype(float)


def _enlarge(residual: np.ndarray) -> float:
    """Return the factor on the standard errors for residuals, in order of time, that resemble their neighbours."""
    total = residual @ residual
    r = residual[1:] @ residual[:-1] / total if total > 0 else -1.0
    r += (2 + 4 * r) / len(residual)  # about what fitting the line has taken out of it
    r = min(max(r, 0.0), _MOST_CORRELATED)
    return float(np.sqrt((1 + r) / (1 - r)))


def _check_records(
    dates: Sequence[date],
    day: np.ndarray,
    value: np.ndarray,
    draws: np.ndarray | None,
    level: float,
    min_records: int,
) -> None:
    """Raise `TrendDataError` unless the records can carry a trend."""
    if not 0 < level < 1:
        raise TrendDataError(f"level: an interval's level lies between 0 and 1; got {level}. Give e.g. 0.9")
    if len(day) != len(value) or (draws is not None and np.shape(draws)[1:] != value.shape):
        got = f"{len(day)} dates, {len(value)} values, draws {None if draws is None else np.shape(draws)}"
        raise TrendDataError(f"trend: one value and one column of draws a date are needed; got {got}. Align them")
    if not np.isfinite(value).all() or (draws is not None and not np.isfinite(draws).all()):
        raise TrendDataError("trend: values and draws must be finite; got a NaN or infinite one. Leave that record out")
    if len(np.unique(day)) < min_records:
        raise TrendDataError(
            f"trend: at least {min_records} records on different days are needed; got {len(np.unique(day))}."
            " Show the records themselves"
        )
    if np.ptp(day) < _SHORTEST_DAYS:
        raise TrendDataError(
            f"trend: records must span at least {_SHORTEST_DAYS} days; got {min(dates)} to {max(dates)}."
            " Show the records themselves"
        )
