"""Record lag and standing lag between two cohorts, signed, at any date and as a daily series.

Before: a `Panel` and a match rule. After: months, positive where the frontier leads, negative where the domestic
cohort does, with percentile intervals from draws in which the records are selected anew.

With D, F the standing records, s their scores, and the frontier ahead (s_F > s_D):

    anchor(t)       = the first date the frontier had a record that matches D
    standing lag(t) = t - anchor                 grows by a day a day, falls when the domestic record is raised
    record lag(t)   = release(D) - anchor        fixed once D is set; negative where the domestic cohort had it first

Where the domestic cohort is ahead the roles are swapped and the sign is negative: it leads by at least as much. Equal
records: the cohort that set its own earlier leads; the same day: level, 0. So the sign never contradicts the points.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from warehouse.stats.bootstrap import Interval, take_bounds, take_interval
from warehouse.stats.match import POINT, MatchRule
from warehouse.stats.panel import COHORTS, Panel, StatsError, count_day
from warehouse.stats.path import Path, share_domestic_leads, trace_path
from warehouse.stats.records import RecordStep, describe_record, find_record

Leader = Literal["frontier", "domestic", "level"]
LEADERS: dict[int, Leader] = {1: "frontier", -1: "domestic", 0: "level"}


@dataclass(frozen=True)
class Lag:
    """The lag at one date, in months; positive: domestic is behind, negative: domestic leads by at least as much.

    `matched` is the leader's record that first matched the other's standing one; `is_level`: either standing record is
    matched under the rule, so that it tells no leader. Intervals and shares are None without draws;
    `share_undefined` is the share of draws in which a cohort had no score, which the intervals leave out.
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
    """The lag day by day, arrays of one length; NaN before both cohorts have a model.

    `ci90`, `ci95` are (days, 2), of the standing lag; they and the share are None without draws.
    """

    match_rule: str
    dates: np.ndarray
    standing_months: np.ndarray
    record_months: np.ndarray
    ci90: np.ndarray | None
    ci95: np.ndarray | None
    share_domestic_leads: np.ndarray | None


def estimate_lag(panel: Panel, as_of: date, rule: MatchRule = POINT) -> Lag:
    """Return the signed standing and record lag at `as_of`, in months.

    Args:
        panel: the two cohorts; models released after `as_of` play no part.
        as_of: the date at which the lag stands.
        rule: when a record counts as matched; `not_significantly_worse` needs draws.

    Raises:
        StatsError: a cohort has no model by `as_of`, or the rule needs draws and there are none.
    """
    require_records(panel, as_of)
    day = np.array([count_day(as_of)])
    path = trace_path(panel, day, rule)
    standing, record = path.measure_standing(day)[:, 0], path.measure_record()[:, 0]
    return Lag(
        as_of=as_of,
        match_rule=rule.label,
        leads=LEADERS[int(path.sign[0, 0])],
        is_level=bool(path.is_level[0, 0]),
        standing_months=float(standing[0]),
        record_months=float(record[0]),
        domestic_record=describe_record(panel, path.domestic_row[0, 0]),
        frontier_record=describe_record(panel, path.frontier_row[0, 0]),
        matched=describe_record(panel, path.matched_row[0, 0]),
        standing_ci90=take_interval(standing[1:], 0.90),
        standing_ci95=take_interval(standing[1:], 0.95),
        record_ci90=take_interval(record[1:], 0.90),
        record_ci95=take_interval(record[1:], 0.95),
        **_share_draws(path),
    )


def require_records(panel: Panel, as_of: date) -> None:
    """Raise StatsError where a cohort of the panel has no model by `as_of`."""
    for cohort in COHORTS:
        if find_record(panel, cohort, as_of) is None:
            raise StatsError(
                f"lag: the {cohort} cohort is empty; got no model released by {as_of}. Choose a later date"
            )


def _share_draws(path: Path) -> dict[str, float | None]:
    if len(path.sign) == 1:
        return {"share_domestic_leads": None, "share_undefined": None}
    share = float(share_domestic_leads(path)[0])
    undefined = float(np.isnan(path.sign[1:, 0]).mean())
    return {"share_domestic_leads": None if np.isnan(share) else share, "share_undefined": undefined}


def trace_lag(panel: Panel, start: date, end: date, rule: MatchRule = POINT) -> LagSeries:
    """Return the lag on every day from `start` to `end`, with intervals of the standing lag.

    Between two releases nothing changes but the date, so that the state is worked out on release days only.
    """
    days = np.arange(count_day(start), count_day(end) + 1)
    if not len(days):
        raise StatsError(f"lag: the series must not end before it starts; got {start} to {end}. Swap them")
    changes = np.unique(np.append(panel.days, days[0]))
    path = trace_path(panel, changes, rule).spread(np.searchsorted(changes, days, side="right") - 1)
    standing = path.measure_standing(days)
    drawn = panel.draws is not None
    return LagSeries(
        match_rule=rule.label,
        dates=days.astype("datetime64[D]"),
        standing_months=standing[0],
        record_months=path.measure_record()[0],
        ci90=np.column_stack(take_bounds(standing[1:], 0.90)) if drawn else None,
        ci95=np.column_stack(take_bounds(standing[1:], 0.95)) if drawn else None,
        share_domestic_leads=share_domestic_leads(path) if drawn else None,
    )
