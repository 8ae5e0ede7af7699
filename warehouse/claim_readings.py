"""Measure what claims speak of: lags, waits, points and positions over a day or a period, with their joint draws.

Before: a panel whose `domestic` cohort is whose distance is asked for and whose `frontier` cohort is what it is held
against. After: a `Measured`: the figure, a figure per draw, the day it speaks for, and the models it rests on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from collectors.claim_entries import Take
from warehouse.stats.forward import estimate_forward_lag
from warehouse.stats.match import MatchRule, find_matches
from warehouse.stats.panel import MONTH_DAYS, Panel, count_day
from warehouse.stats.path import Path, day_of, trace_path
from warehouse.stats.records import RecordTable, select_records, stack_scores
from warehouse.verdicts import Reading, Span

EPOCH = date(1970, 1, 1)
Measure = Callable[[Path, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Measured:
    """A figure with the day it speaks for and, by role, the positions in the panel of the models it rests on."""

    reading: Reading
    day: date
    rows: dict[str, int]


def trace_days(panel: Panel, since: date, day: date, rule: MatchRule) -> tuple[np.ndarray, Path]:
    """Return the days from `since` to `day`, as counts, and the state on each: it changes on release days only."""
    days = np.arange(count_day(since), count_day(day) + 1)
    changes = np.unique(np.append(panel.days, days[0]))
    path = trace_path(panel, changes, rule)
    return days, path.spread(np.searchsorted(changes, days, side="right") - 1)


def measure_records(
    panel: Panel, since: date, day: date, rule: MatchRule, quantity: str, take: Take, near: Span, percent: bool = False
) -> Measured:
    """Return the standing lag, record lag (months) or points gap (points of the scale) that `take` picks of a period.

    `near`: the claimed range, which `closest` looks for; with `percent` in hundredths of the domestic record's score.
    """
    days, path = trace_days(panel, since, day, rule)
    values = _QUANTITIES[quantity](path, days)
    searched = values[0] / panel.score[path.domestic_row[0]] * 100 if percent else values[0]
    picked, column = _pick(values, take, _find_distance(searched, near))
    rows = {
        "of": int(path.domestic_row[0, column]),
        "against": int(path.frontier_row[0, column]),
        "first match": int(path.matched_row[0, column]),
    }
    if quantity == "points":
        del rows["first match"]
    return Measured(_as_reading(picked), EPOCH + timedelta(int(days[column])), rows)


def measure_wait(panel: Panel, target: int, start: date | None, day: date, rule: MatchRule) -> Measured:
    """Return the months from `start` (default: its release) until a domestic record first matched a model by `day`.

    Infinite while none has. `target` is the model's position in the panel.
    """
    scores = stack_scores(panel)
    candidates = select_records(panel, "domestic", scores)
    shape = (len(scores), 1)
    targets = RecordTable(np.full(shape, target), np.full(shape, panel.days[target]), scores[:, [target]])
    match = find_matches(panel, targets, candidates, rule)
    began = panel.days[target] if start is None else count_day(start)
    met = day_of(candidates, match)[:, 0]
    months = np.where(met <= count_day(day), (met - began) / MONTH_DAYS, np.inf)
    rows = {"target": target}
    if np.isfinite(months[0]):
        rows["first match"] = int(candidates.row[0, match[0, 0]])
    return Measured(_as_reading(months, elapsed=(count_day(day) - began) / MONTH_DAYS), day, rows)


def measure_waits(panel: Panel, since: date | None, day: date, rule: MatchRule, take: Take) -> Measured:
    """Return the Kaplan-Meier median, or the least or greatest observed, of the frontier records' waits, in months."""
    if take == "median":
        lag = estimate_forward_lag(panel, day, rule, since)
        value = np.inf if lag.km_median_months is None else lag.km_median_months
        return Measured(Reading(value, bounds=lag.ci90, elapsed=lag.oldest_unmatched_months), day, {})
    scores = stack_scores(panel)
    targets, candidates = (select_records(panel, cohort, scores) for cohort in ("frontier", "domestic"))
    match = find_matches(panel, targets, candidates, rule)
    met, last = day_of(candidates, match), count_day(day)
    counts = (targets.day >= (-np.inf if since is None else count_day(since))) & (met <= last) & (targets.day <= last)
    waits = np.where(counts, (met - np.where(counts, targets.day, 0.0)) / MONTH_DAYS, np.nan)
    sign = -1.0 if take == "greatest" else 1.0
    ends = sign * np.min(np.where(counts, sign * waits, np.inf), axis=1, initial=np.inf)
    column = int(np.argmin(np.where(counts[0], sign * waits[0], np.inf))) if counts[0].any() else None
    rows = {}
    if column is not None:
        rows = {"target": int(targets.row[0, column]), "first match": int(candidates.row[0, match[0, column]])}
    return Measured(_as_reading(np.where(np.isinf(ends), np.nan, ends)), day, rows)


def measure_position(panel: Panel, lower: int, upper: int, day: date) -> Measured:
    """Return where the domestic record stands between two models' scores: 0 at `lower`, 1 at `upper`."""
    scores = stack_scores(panel)
    records = select_records(panel, "domestic", scores)
    column = records.find_standing(np.array([count_day(day)]))
    record = np.where(column >= 0, np.take_along_axis(records.score, np.maximum(column, 0), axis=1), np.nan)[:, 0]
    step = scores[:, upper] - scores[:, lower]
    values = np.divide(record - scores[:, lower], step, out=np.full(len(step), np.nan), where=step > 0)
    row = int(records.row[0, column[0, 0]])
    return Measured(_as_reading(values), day, {"of": row, "against": lower, "upper": upper})


_QUANTITIES: dict[str, Measure] = {
    "standing_lag": lambda path, days: path.measure_standing(days),
    "record_lag": lambda path, days: path.measure_record(),
    "points": lambda path, days: path.points,
}


def _pick(values: np.ndarray, take: Take, distance: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the figure of every set of scores (m,) and the day (a column) that it speaks for."""
    last = values.shape[1] - 1
    if take == "mean":
        return np.nanmean(values, axis=1), last
    if take == "change":
        return values[:, last] - values[:, 0], last
    if take in ("least", "greatest"):
        pick = np.nanmin if take == "least" else np.nanmax
        return pick(values, axis=1), int(np.nanargmin(values[0]) if take == "least" else np.nanargmax(values[0]))
    column = int(np.nanargmin(distance)) if take == "closest" else last
    return values[:, column], column


def _find_distance(values: np.ndarray, near: Span) -> np.ndarray:
    """Return how far each value lies outside a range, 0 within it."""
    below = 0.0 if near.low is None else near.low - values
    above = 0.0 if near.high is None else values - near.high
    return np.where(np.isnan(values), np.inf, np.maximum(np.maximum(below, above), 0.0))


def _as_reading(values: np.ndarray, elapsed: float | None = None) -> Reading:
    return Reading(float(values[0]), values[1:] if len(values) > 1 else None, elapsed=elapsed)
