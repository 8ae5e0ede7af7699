"""Guards: why a gap or lag must not be shown as a number.

Before: a `Panel`, the scale's floor and ceiling, and how well each model is covered. After: the reasons, if any, each
with the figures it rests on. The thresholds below are the whole rule; docs/methods.md says where they come from.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from warehouse.stats.panel import COHORTS, Cohort, Panel, StatsError, count_day
from warehouse.stats.records import list_records

Code = Literal["no_models", "few_records", "stale", "saturated", "near_chance", "lopsided"]

MIN_RECORDS = 3
STALE_DAYS = 182
SATURATED_SHARE = 0.95  # of the ceiling
CHANCE_MARGIN = 0.05  # of the way from 0 to the ceiling: 5 points
LATER_DAYS = 122
COVERED_MODELS = 3
THIN_BENCHMARKS = 8
THIN_RATIO = 0.5


@dataclass(frozen=True)
class Guard:
    """One reason not to show a number; `bloc` is the cohort at fault, None where it is neither alone.

    `is_fatal`: there is no number at all, so that even `--no-guards` has none to show.
    """

    code: Code
    message: str
    bloc: Cohort | None = None
    is_fatal: bool = False


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
    empty = [_report_empty(cohort, as_of) for cohort in COHORTS if not list_records(panel, cohort, as_of)]
    if empty:
        return empty
    guards = [check(panel, cohort, as_of) for check in (check_few_records, check_stale) for cohort in COHORTS]
    guards += [check_saturated(panel, cohort, as_of, ceiling) for cohort in COHORTS]
    guards += [check_near_chance(panel, cohort, as_of, chance_floor, ceiling) for cohort in COHORTS]
    guards += [check_thin(panel, as_of, n_benchmarks), check_later(panel, as_of)]
    return [guard for guard in guards if guard is not None]


def _report_empty(cohort: Cohort, as_of: date) -> Guard:
    return Guard("no_models", f"no {cohort} model with a score was released by {as_of}", cohort, is_fatal=True)


def check_few_records(panel: Panel, cohort: Cohort, as_of: date) -> Guard | None:
    """Return a guard where the cohort has set fewer than 3 records by `as_of`."""
    records = len(list_records(panel, cohort, as_of))
    if records >= MIN_RECORDS:
        return None
    return Guard("few_records", f"only {records} {cohort} record(s) by {as_of}, {MIN_RECORDS} are needed", cohort)


def check_stale(panel: Panel, cohort: Cohort, as_of: date) -> Guard | None:
    """Return a guard where the cohort's newest tested model is more than 182 days old at `as_of`."""
    age = int(count_day(as_of) - _find_newest(panel, cohort, as_of))
    if age <= STALE_DAYS:
        return None
    return Guard("stale", f"the newest {cohort} model tested is {age} days old, limit {STALE_DAYS}", cohort)


def check_saturated(panel: Panel, cohort: Cohort, as_of: date, ceiling: float | None) -> Guard | None:
    """Return a guard where the cohort's record is above 95% of the ceiling; none without a ceiling."""
    record = list_records(panel, cohort, as_of)[-1].score
    if ceiling is None or record <= SATURATED_SHARE * ceiling:
        return None
    message = f"the {cohort} record {record:.3g} is above {SATURATED_SHARE:.0%} of the ceiling {ceiling:g}"
    return Guard("saturated", message, cohort)


def check_near_chance(
    panel: Panel, cohort: Cohort, as_of: date, floor: float | None, ceiling: float | None
) -> Guard | None:
    """Return a guard where the cohort's record is less than 5 points above the chance floor; none without a floor."""
    record = list_records(panel, cohort, as_of)[-1].score
    if floor is None or record >= floor + CHANCE_MARGIN * (1.0 if ceiling is None else ceiling):
        return None
    return Guard("near_chance", f"the {cohort} record {record:.3g} is within 5 points of chance, {floor:.3g}", cohort)


def check_thin(panel: Panel, as_of: date, n_benchmarks: np.ndarray | None) -> Guard | None:
    """Return a guard where one cohort's newest models are covered by far fewer benchmarks than the other's.

    Coverage of a cohort: the mean number of benchmarks of its three best-covered models released in the 182 days up to
    `as_of`. Fires where the smaller is under 8 and under half of the larger. A cohort without such models is stale.
    """
    if n_benchmarks is None:
        return None
    coverage = {cohort: measure_coverage(panel, cohort, as_of, n_benchmarks) for cohort in COHORTS}
    thin, rich = sorted(COHORTS, key=lambda cohort: coverage[cohort])
    if np.isnan(list(coverage.values())).any():
        return None
    if coverage[thin] >= THIN_BENCHMARKS or coverage[thin] >= THIN_RATIO * coverage[rich]:
        return None
    message = (
        f"the newest {thin} models rest on {coverage[thin]:.1f} benchmarks each, "
        f"the newest {rich} ones on {coverage[rich]:.1f}"
    )
    return Guard("lopsided", message, thin)


def measure_coverage(panel: Panel, cohort: Cohort, as_of: date, n_benchmarks: np.ndarray) -> float:
    """Return the mean benchmarks of the cohort's three best-covered models of the last 182 days; NaN without one."""
    counts = np.asarray(n_benchmarks, dtype=float)
    if counts.shape != panel.score.shape:
        raise StatsError(f"guards: one count a model is needed; got {counts.shape} for {panel.score.shape}. Align them")
    rows = panel.members(cohort)
    age = count_day(as_of) - panel.days[rows]
    recent = np.sort(counts[rows[(age >= 0) & (age <= STALE_DAYS)]])[::-1][:COVERED_MODELS]
    return float(recent.mean()) if len(recent) else float("nan")


def check_later(panel: Panel, as_of: date) -> Guard | None:
    """Return a guard where one cohort's newest tested model is more than 122 days older than the other's."""
    newest = {cohort: _find_newest(panel, cohort, as_of) for cohort in COHORTS}
    late, early = sorted(COHORTS, key=lambda cohort: newest[cohort])
    days = int(newest[early] - newest[late])
    if days <= LATER_DAYS:
        return None
    message = f"the newest {late} model tested is {days} days older than the newest {early} one, limit {LATER_DAYS}"
    return Guard("lopsided", message, late)


def _find_newest(panel: Panel, cohort: Cohort, as_of: date) -> float:
    days = panel.days[panel.members(cohort)]
    return float(days[days <= count_day(as_of)].max())
