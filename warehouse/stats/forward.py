"""Forward lag: how long each frontier record waited for its first domestic match.

Before: a `Panel` and a match rule. After: one wait a record, right-censored where unmatched, and their Kaplan-Meier
median; never the mean of the matched alone, which leaves out those that wait longest.

    wait(f) = min{ release(d) : d a domestic record that matches f } - release(f)

It is negative where the domestic cohort was there first, and is not clamped to 0.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.stats.bootstrap import Interval, take_interval
from warehouse.stats.match import POINT, MatchRule, find_matches
from warehouse.stats.panel import MONTH_DAYS, Panel, StatsError, count_day
from warehouse.stats.path import day_of
from warehouse.stats.records import RecordStep, RecordTable, describe_record, select_records, stack_scores
from warehouse.stats.survival import estimate_survival, take_median, take_median_interval


@dataclass(frozen=True)
class Wait:
    """One frontier record's wait: months to its first domestic match, a lower bound where `matched` is None."""

    target: RecordStep
    matched: RecordStep | None
    months: float

    @property
    def observed(self) -> bool:
        """Return whether the match happened by the as-of date."""
        return self.matched is not None


@dataclass(frozen=True)
class ForwardLag:
    """All waits and their Kaplan-Meier median, in months; None where over half of the survival is unmatched.

    `ci90`, `ci95` come from the draws (None without), with `share_undefined` the share of draws without a median,
    which count as later than any; `km_ci95` is the Kaplan-Meier log-log interval, which takes the scores as exact and
    the waits as independent.
    """

    as_of: date
    match_rule: str
    km_median_months: float | None
    matched: int
    total: int
    oldest_unmatched_months: float | None
    waits: tuple[Wait, ...]
    km_ci95: Interval
    ci90: Interval | None
    ci95: Interval | None
    share_undefined: float | None


@dataclass(frozen=True, eq=False)
class _Waits:
    """The waits in m sets of scores, all (m, k): `counts` where there is a record within the dates."""

    counts: np.ndarray
    observed: np.ndarray
    months: np.ndarray
    match: np.ndarray


def estimate_forward_lag(panel: Panel, as_of: date, rule: MatchRule = POINT, since: date | None = None) -> ForwardLag:
    """Return the waits of the frontier records released from `since` to `as_of`, with their Kaplan-Meier median.

    Raises:
        StatsError: there is no frontier record within the dates, or the rule needs draws and there are none.
    """
    scores = stack_scores(panel)
    frontier, domestic = (select_records(panel, cohort, scores) for cohort in ("frontier", "domestic"))
    match = find_matches(panel, frontier, domestic, rule)
    first = -np.inf if since is None else count_day(since)
    waits = _measure_waits(frontier, domestic, match, first, count_day(as_of))
    if not waits.counts[0].any():
        raise StatsError(
            f"forward lag: no frontier record; got none from {since or 'the start'} to {as_of}. Widen the dates"
        )
    medians = np.array([_take_wait_median(waits, draw) for draw in range(1, len(scores))])
    listed = _list_waits(panel, frontier, domestic, waits)
    curve = estimate_survival([wait.months for wait in listed], [wait.observed for wait in listed])
    return ForwardLag(
        as_of=as_of,
        match_rule=rule.label,
        km_median_months=take_median(curve),
        matched=sum(wait.observed for wait in listed),
        total=len(listed),
        oldest_unmatched_months=max((wait.months for wait in listed if not wait.observed), default=None),
        waits=listed,
        km_ci95=take_median_interval(curve, 0.95),
        ci90=take_interval(medians, 0.90),
        ci95=take_interval(medians, 0.95),
        share_undefined=float(np.mean(~np.isfinite(medians))) if len(medians) else None,
    )


def _measure_waits(
    frontier: RecordTable, domestic: RecordTable, match: np.ndarray, first: float, last: float
) -> _Waits:
    met = day_of(domestic, match)
    observed = met <= last
    counts = (frontier.day >= first) & (frontier.day <= last)
    ends = np.where(observed, met, last)
    months = np.where(counts, ends - np.where(counts, frontier.day, 0.0), np.nan) / MONTH_DAYS
    return _Waits(counts=counts, observed=observed, months=months, match=match)


def _take_wait_median(waits: _Waits, draw: int) -> float:
    """Return a draw's Kaplan-Meier median; infinity where it is not reached, NaN where the draw has no record."""
    counts = waits.counts[draw]
    if not counts.any():
        return np.nan
    median = take_median(estimate_survival(waits.months[draw, counts], waits.observed[draw, counts]))
    return np.inf if median is None else median


def _list_waits(panel: Panel, frontier: RecordTable, domestic: RecordTable, waits: _Waits) -> tuple[Wait, ...]:
    """Return the waits by the scores themselves, in order of the records' release."""
    listed = []
    for column in np.flatnonzero(waits.counts[0]):
        met = domestic.row[0, waits.match[0, column]] if waits.observed[0, column] else None
        listed.append(
            Wait(
                target=describe_record(panel, frontier.row[0, column]),
                matched=None if met is None else describe_record(panel, met),
                months=float(waits.months[0, column]),
            )
        )
    return tuple(listed)
