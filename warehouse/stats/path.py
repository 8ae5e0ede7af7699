"""Who leads, by whose record, and since when: the state that lag and points gap are read from.

Before: a `Panel` and a match rule. After: for the scores and for every draw, on every day asked for, the two standing
records, the sign and the date on which the leader first matched the other's record. The records are selected anew in
every draw.
"""

from dataclasses import dataclass

import numpy as np

from warehouse.stats.match import MatchRule, find_matches
from warehouse.stats.panel import COHORTS, MONTH_DAYS, Panel
from warehouse.stats.records import RecordTable, select_records, stack_scores


@dataclass(frozen=True, eq=False)
class Path:
    """The state in m sets of scores (the first: the scores themselves) on e days; all fields (m, e).

    `sign`: 1 the frontier leads, -1 the domestic cohort does, 0 level, NaN while a cohort has no record. `anchor`: the
    day the leader first matched the other's standing record. `released`: the day that record was released. `points`:
    frontier record - domestic record. `is_level`: either standing record is matched. Rows are positions in the panel,
    -1 where there is none.
    """

    sign: np.ndarray
    anchor: np.ndarray
    released: np.ndarray
    points: np.ndarray
    is_level: np.ndarray
    domestic_row: np.ndarray
    frontier_row: np.ndarray
    matched_row: np.ndarray

    def measure_standing(self, days: np.ndarray) -> np.ndarray:
        """Return the standing lag in months on `days` (e,), (m, e)."""
        return self.sign * (days - self.anchor) / MONTH_DAYS + 0.0  # never minus zero

    def measure_record(self) -> np.ndarray:
        """Return the record lag in months, (m, e)."""
        return self.sign * (self.released - self.anchor) / MONTH_DAYS + 0.0

    def spread(self, columns: np.ndarray) -> "Path":
        """Return the path with the days at `columns` in place of its own."""
        return Path(**{name: values[:, columns] for name, values in vars(self).items()})


def trace_path(panel: Panel, days: np.ndarray, rule: MatchRule) -> Path:
    """Return the state on each of `days` (e,), counted since 1970-01-01, for the scores and every draw."""
    scores = stack_scores(panel)
    domestic, frontier = (select_records(panel, cohort, scores) for cohort in COHORTS)
    d, f = domestic.find_standing(days), frontier.find_standing(days)
    matched_d = take(find_matches(panel, domestic, frontier, rule), d)
    matched_f = take(find_matches(panel, frontier, domestic, rule), f)
    day_d, day_f = day_of(frontier, matched_d), day_of(domestic, matched_f)
    sign = _find_sign(domestic, frontier, d, f)
    leads = sign >= 0
    return Path(
        sign=sign,
        anchor=np.where(np.isnan(sign), np.nan, np.where(leads, day_d, day_f)),
        released=np.where(leads, day_of(domestic, d), day_of(frontier, f)),
        points=np.where(np.isnan(sign), np.nan, take(frontier.score, f) - np.where(d < 0, 0, take(domestic.score, d))),
        is_level=(day_d <= days) & (day_f <= days),
        domestic_row=np.where(d < 0, -1, take(domestic.row, d)),
        frontier_row=np.where(f < 0, -1, take(frontier.row, f)),
        matched_row=np.where(leads, take(frontier.row, matched_d), take(domestic.row, matched_f)),
    )


def take(table: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return table[i, column[i, j]] for every i, j; where the column is -1 the value means nothing."""
    return np.take_along_axis(table, np.maximum(column, 0), axis=1)


def day_of(table: RecordTable, column: np.ndarray) -> np.ndarray:
    """Return the release days of the records at `column` (m, e); infinity where it is -1."""
    return np.where(column >= 0, take(table.day, column), np.inf)


def share_domestic_leads(path: Path) -> np.ndarray:
    """Return the share of the defined draws in which the domestic cohort leads, (e,); NaN where none is defined."""
    sign = path.sign[1:]
    defined = np.sum(~np.isnan(sign), axis=0)
    return np.where(defined > 0, np.sum(sign < 0, axis=0) / np.maximum(defined, 1), np.nan)


def _find_sign(domestic: RecordTable, frontier: RecordTable, d: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return who leads: the higher record, of equal ones the earlier; level on the same day, NaN where one is empty."""
    ahead = _compare(take(frontier.score, f), take(domestic.score, d))
    earlier = _compare(take(domestic.day, d), take(frontier.day, f))
    return np.where((d < 0) | (f < 0), np.nan, np.where(ahead != 0, ahead, earlier))


def _compare(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left > right).astype(float) - (left < right)
