"""Guards: why a gap or lag must not be shown as a number.

Before: a `Panel`, the scale's floor and ceiling, and how well each model is covered. After: the reasons, if any, each
with the figures it rests on. The thresholds below are the whole rule; docs/methods.md says where they come from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from warehouse.phrases import Phrase
from warehouse.stats.panel import COHORTS, Cohort, Panel, StatsError, count_day
from warehouse.stats.records import select_records

Code = Literal["no_models", "few_records", "stale", "saturated", "near_chance", "lopsided"]

MIN_RECORDS = 3
STALE_DAYS = 182
SATURATED_SHARE = 0.95  # of the ceiling
CHANCE_MARGIN = 0.05  # of the ceiling: 5 points
LATER_DAYS = 91
COVERED_MODELS = 3
THIN_BENCHMARKS = 6
THIN_RATIO = 0.6


@dataclass(frozen=True)
class Guard:
    """One reason not to show a number; `bloc` is the cohort at fault.

    `is_fatal`: there is no number at all, so that even `--no-guards` has none to show.
    """

    code: Code
    message: Phrase
    bloc: Cohort
    is_fatal: bool = False


@dataclass(frozen=True, eq=False)
class _Evidence:
    """What one cohort's figures rest on: all models and, of them, the records; both in order of release."""

    cohort: Cohort
    days: np.ndarray
    n_benchmarks: np.ndarray | None
    record_days: np.ndarray
    record_scores: np.ndarray

    def count_records(self, day: float) -> int:
        """Return how many records were set by `day`."""
        return int(np.searchsorted(self.record_days, day, side="right"))

    def find_record(self, day: float) -> float:
        """Return the record that stands on `day`."""
        return float(self.record_scores[self.count_records(day) - 1])

    def find_newest(self, day: float) -> float:
        """Return the release day of the newest model by `day`."""
        return float(self.days[np.searchsorted(self.days, day, side="right") - 1])

    def measure_coverage(self, day: float) -> float:
        """Return the mean benchmarks of the three best-covered models of the last 182 days; NaN without one."""
        first, last = np.searchsorted(self.days, [day - STALE_DAYS, day + 1], side="left")
        recent = np.sort(self.n_benchmarks[first:last])[::-1][:COVERED_MODELS]
        return float(recent.mean()) if len(recent) else float("nan")


def check_guards(
    panel: Panel,
    as_of: date,
    chance_floor: float | None = None,
    ceiling: float | None = None,
    n_benchmarks: np.ndarray | None = None,
) -> list[Guard]:
    """Return every guard that fires at `as_of`, worst first; empty where the number may be shown.

    Args:
        panel: the models and scores.
        as_of: the date; models released later do not count.
        chance_floor: the score of guessing, None where the scale has none (an index, a rating).
        ceiling: the highest possible score, None where the scale has none.
        n_benchmarks: (n,) how many benchmarks each model's score rests on, for an index; None for one benchmark.
    """
    return trace_guards(panel, as_of, as_of, chance_floor, ceiling, n_benchmarks)[0]


def trace_guards(
    panel: Panel,
    start: date,
    end: date,
    chance_floor: float | None = None,
    ceiling: float | None = None,
    n_benchmarks: np.ndarray | None = None,
) -> list[list[Guard]]:
    """Return the guards of every day from `start` to `end`, a list a day; arguments as of `check_guards`."""
    blocs = [_gather_evidence(panel, cohort, n_benchmarks) for cohort in COHORTS]
    single: list[Callable[[_Evidence, float], Guard | None]] = [check_few_records, check_stale]
    if ceiling is not None:
        single.append(lambda bloc, day: check_saturated(bloc, day, ceiling))
    if chance_floor is not None:
        single.append(lambda bloc, day: check_near_chance(bloc, day, chance_floor, ceiling))
    both = [check_later] if n_benchmarks is None else [check_thin, check_later]
    return [_check_day(blocs, day, single, both) for day in np.arange(count_day(start), count_day(end) + 1)]


def name_cohorts(guards: Sequence[Guard], domestic: str, frontier: str) -> list[Guard]:
    """Return guards whose messages call the two cohorts `domestic` and `frontier` by these names instead."""
    names, other = {"domestic": domestic, "frontier": frontier}, {"domestic": frontier, "frontier": domestic}
    return [
        replace(guard, message=guard.message.replace_values(cohort=names[guard.bloc], other=other[guard.bloc]))
        for guard in guards
    ]


def _check_day(blocs: list[_Evidence], day: float, single: list, both: list) -> list[Guard]:
    empty = [bloc for bloc in blocs if not bloc.count_records(day)]
    if empty:
        return [_say_empty(bloc.cohort, day) for bloc in empty]
    guards = [check(bloc, day) for check in single for bloc in blocs] + [check(*blocs, day) for check in both]
    return [guard for guard in guards if guard is not None]


def _say_empty(cohort: Cohort, day: float) -> Guard:
    message = Phrase("no {cohort} model with a score was released by {day}", cohort=cohort, day=_name(day))
    return Guard("no_models", message, cohort, is_fatal=True)


def check_few_records(bloc: _Evidence, day: float) -> Guard | None:
    """Return a guard where the cohort has set fewer than 3 records by `day`."""
    records = bloc.count_records(day)
    if records >= MIN_RECORDS:
        return None
    message = Phrase(
        "only {n} {cohort} record(s) by {day}, {needed} are needed",
        n=records,
        cohort=bloc.cohort,
        day=_name(day),
        needed=MIN_RECORDS,
    )
    return Guard("few_records", message, bloc.cohort)


def check_stale(bloc: _Evidence, day: float) -> Guard | None:
    """Return a guard where the cohort's newest tested model is more than 182 days old on `day`."""
    age = int(day - bloc.find_newest(day))
    if age <= STALE_DAYS:
        return None
    message = Phrase(
        "the newest {cohort} model tested is {age} days old, limit {limit}",
        cohort=bloc.cohort,
        age=age,
        limit=STALE_DAYS,
    )
    return Guard("stale", message, bloc.cohort)


def check_saturated(bloc: _Evidence, day: float, ceiling: float) -> Guard | None:
    """Return a guard where the cohort's record is above 95% of the ceiling."""
    record = bloc.find_record(day)
    if record <= SATURATED_SHARE * ceiling:
        return None
    message = Phrase(
        "the {cohort} record {record:.3g} is above {share:.0%} of the ceiling {ceiling:g}",
        cohort=bloc.cohort,
        record=record,
        share=SATURATED_SHARE,
        ceiling=ceiling,
    )
    return Guard("saturated", message, bloc.cohort)


def check_near_chance(bloc: _Evidence, day: float, floor: float, ceiling: float | None) -> Guard | None:
    """Return a guard where the cohort's record is less than 5 points above the chance floor."""
    record = bloc.find_record(day)
    if record >= floor + CHANCE_MARGIN * (1.0 if ceiling is None else ceiling):
        return None
    message = Phrase(
        "the {cohort} record {record:.3g} is less than 5 points above chance, {floor:.3g}",
        cohort=bloc.cohort,
        record=record,
        floor=floor,
    )
    return Guard("near_chance", message, bloc.cohort)


def check_thin(domestic: _Evidence, frontier: _Evidence, day: float) -> Guard | None:
    """Return a guard where one cohort's newest models are covered by far fewer benchmarks than the other's.

    Coverage of a cohort: the mean number of benchmarks of its three best-covered models released in the 182 days up to
    `day`. Fires where the smaller is under 6 and under 60% of the larger. A cohort without such models is stale.
    """
    (few, thin), (many, rich) = sorted((bloc.measure_coverage(day), bloc.cohort) for bloc in (domestic, frontier))
    if not (few < THIN_BENCHMARKS and few < THIN_RATIO * many):
        return None
    message = Phrase(
        "the newest {cohort} models rest on {few:.1f} benchmarks each, the newest {other} ones on {many:.1f}",
        cohort=thin,
        few=few,
        other=rich,
        many=many,
    )
    return Guard("lopsided", message, thin)


def check_later(domestic: _Evidence, frontier: _Evidence, day: float) -> Guard | None:
    """Return a guard where one cohort's newest tested model is more than 91 days older than the other's."""
    (old, late), (new, early) = sorted((bloc.find_newest(day), bloc.cohort) for bloc in (domestic, frontier))
    if new - old <= LATER_DAYS:
        return None
    message = Phrase(
        "the newest {cohort} model tested is {days:.0f} days older than the newest {other} one, limit {limit}",
        cohort=late,
        days=new - old,
        other=early,
        limit=LATER_DAYS,
    )
    return Guard("lopsided", message, late)


def _gather_evidence(panel: Panel, cohort: Cohort, n_benchmarks: np.ndarray | None) -> _Evidence:
    counts = None if n_benchmarks is None else np.asarray(n_benchmarks, dtype=float)
    if counts is not None and counts.shape != panel.score.shape:
        raise StatsError(f"guards: one count a model is needed; got {counts.shape} for {panel.score.shape}. Align them")
    rows = panel.members(cohort)
    table = select_records(panel, cohort, panel.score[None, :])
    there = table.row[0] >= 0
    return _Evidence(
        cohort=cohort,
        days=panel.days[rows],
        n_benchmarks=None if counts is None else counts[rows],
        record_days=table.day[0, there],
        record_scores=table.score[0, there],
    )


def _name(day: float) -> str:
    return str(np.datetime64(int(day), "D"))
