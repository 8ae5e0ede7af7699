"""Records: the running best of a cohort by release date, set at most once a day by the day's best model.

Before: a `Panel`. After: for the scores and for every draw, which models set the record, when, and at what score.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.stats.panel import Cohort, Panel, count_day


@dataclass(frozen=True)
class RecordStep:
    """One record: the model that set it, when it was released and its score."""

    model: str
    released: date
    score: float


@dataclass(frozen=True, eq=False)
class RecordTable:
    """The records of one cohort in each of m sets of scores, in order of release, padded to the longest.

    All fields are (m, k): `row` is the model's position in the panel (-1 beyond the last record), `day` its release
    (infinity beyond), `score` its score in that set (-infinity beyond).
    """

    row: np.ndarray
    day: np.ndarray
    score: np.ndarray

    def find_standing(self, days: np.ndarray) -> np.ndarray:
        """Return which record stands on each of `days` (e,), as a column of the table, (m, e); -1: none yet."""
        return np.sum(self.day[:, :, None] <= days, axis=1) - 1


def select_records(panel: Panel, cohort: Cohort, scores: np.ndarray) -> RecordTable:
    """Return the records of a cohort in each row of `scores` (m, n); a NaN score takes no part.

        R(t) = max{ score(i) : release(i) <= t };  i sets a record if it is its day's best and exceeds R(the day before)

    Of equal scores on one day the first id in alphabetical order stands for the record.
    """
    rows = panel.members(cohort)
    if not len(rows):
        none = np.empty((len(scores), 0), dtype=int)
        return _pad(none, none, np.empty(0), none)
    values = np.where(np.isnan(scores[:, rows]), -np.inf, scores[:, rows])
    days, starts, sizes = np.unique(panel.days[rows], return_index=True, return_counts=True)
    best = np.maximum.reduceat(values, starts, axis=1)
    is_best = values == np.repeat(best, sizes, axis=1)
    first = np.minimum.reduceat(np.where(is_best, np.arange(len(rows)), len(rows)), starts, axis=1)
    before = np.maximum.accumulate(np.column_stack([np.full(len(best), -np.inf), best]), axis=1)[:, :-1]
    return _pad(best > before, rows[first], days, best)


def _pad(sets_record: np.ndarray, row: np.ndarray, day: np.ndarray, score: np.ndarray) -> RecordTable:
    """Return the entries of (m, days) arrays where a record was set, moved to the left; `day` is (days,)."""
    which, column = np.nonzero(sets_record)
    place = np.cumsum(sets_record, axis=1)[which, column] - 1
    shape = (len(sets_record), int(place.max(initial=0)) + 1)
    table = RecordTable(row=np.full(shape, -1), day=np.full(shape, np.inf), score=np.full(shape, -np.inf))
    table.row[which, place] = row[which, column]
    table.day[which, place] = day[column]
    table.score[which, place] = score[which, column]
    return table


def stack_scores(panel: Panel) -> np.ndarray:
    """Return the scores and, below them, the draws: (1 + n_draws, n), the first row being the scores."""
    return panel.score[None, :] if panel.draws is None else np.vstack([panel.score, panel.draws])


def describe_record(panel: Panel, row: int) -> RecordStep:
    """Return the model at position `row` of the panel as a `RecordStep`."""
    return RecordStep(panel.models[row], panel.release[row].astype(date), float(panel.score[row]))


def list_records(panel: Panel, cohort: Cohort, as_of: date | None = None) -> list[RecordStep]:
    """Return the records of a cohort in order of release, those by `as_of` only where it is given."""
    table = select_records(panel, cohort, panel.score[None, :])
    last = np.inf if as_of is None else count_day(as_of)
    return [describe_record(panel, row) for row in table.row[0, (table.row[0] >= 0) & (table.day[0] <= last)]]


def find_record(panel: Panel, cohort: Cohort, as_of: date) -> RecordStep | None:
    """Return the record that stands at `as_of`, or None where the cohort has no model by then."""
    table = select_records(panel, cohort, panel.score[None, :])
    column = table.find_standing(np.array([count_day(as_of)]))[0, 0]
    return describe_record(panel, table.row[0, column]) if column >= 0 else None
