"""Put a line through the lag and the points gap at each domestic record, and look a year ahead, with intervals.

Before: a `GapResult`. After: the `trend` that `modelgap gap --forecast` adds to its document; a reason in place of
numbers where there are too few records, or where the gap itself is withheld.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from warehouse.gaps import GapResult
from warehouse.series import START
from warehouse.showing import FACTOR, UNITS
from warehouse.stats.guards import MIN_RECORDS
from warehouse.stats.panel import COHORTS, Panel, count_day
from warehouse.stats.path import Path, trace_path
from warehouse.stats.records import list_records
from warehouse.stats.trend import Crossing, Trend, TrendDataError, fit_trend

AHEAD = timedelta(days=365)
QUANTITIES: dict[str, Callable[[Path, np.ndarray], np.ndarray]] = {
    "lag_months": lambda path, days: path.measure_standing(days),
    "points": lambda path, days: path.points,
}


def measure_trend(result: GapResult) -> dict:
    """Return, for the lag in months and the gap in points (of the scale), slope, forecast and when it would be closed.

    The values are those on the days of domestic records since 2023, from the day on which both cohorts had set three,
    by the question's match rule: on other days the standing lag grows by itself. Each is a mapping `slope_per_year,
    ci90, n_records, first, last, forecast, closing, reason`.
    """
    if result.lag is None:
        reason = "; ".join(guard.message for guard in result.guards)
        return {name: _withhold(reason) for name in QUANTITIES}
    days = _list_days(result.panel, result.as_of)
    counts = np.array([count_day(day) for day in days])
    path = trace_path(result.panel, counts, result.rules[0]) if days else None
    return {name: _fit(days, path and take(path, counts), result.as_of) for name, take in QUANTITIES.items()}


def describe_trend(trend: dict, result: GapResult) -> list[str]:
    """Return a line for each quantity of a trend: its slope, the forecast, and when the gap would be closed."""
    unit = result.scale["unit"]
    words = {"lag_months": ("lag", "months", 1.0), "points": ("points gap", UNITS[unit], FACTOR[unit])}
    return [
        f"  trend of the {words[name][0]} in {words[name][1]}: {_say(found, words[name][2])}"
        for name, found in trend.items()
    ]


def _say(found: dict, factor: float) -> str:
    if found["reason"]:
        return f"none, {found['reason']}"
    ahead, closing = found["forecast"], found["closing"]
    closed = closing["on"] and f"closed by {closing['on']} ({closing['earliest']} to {closing['latest']})"
    return (
        f"{found['slope_per_year'] * factor:+.1f} a year{_say_ends(found['ci90'], factor)} "
        f"over {found['n_records']} records; {ahead['value'] * factor:.1f}{_say_ends(ahead['ci90'], factor)} "
        f"expected at a record of {ahead['on']}; {closed or 'no date of closing, ' + closing['reason']}"
    )


def _say_ends(ends: Sequence[float], factor: float) -> str:
    return f" (90% interval {ends[0] * factor:.1f} to {ends[1] * factor:.1f})"


def _list_days(panel: Panel, as_of: date) -> list[date]:
    """Return the days of domestic records since 2023 by which both cohorts had set three."""
    records = {cohort: list_records(panel, cohort, as_of)[MIN_RECORDS - 1 :] for cohort in COHORTS}
    if not all(records.values()):
        return []
    first = max(START, *(steps[0].released for steps in records.values()))
    return [step.released for step in records["domestic"] if step.released >= first]


def _fit(days: Sequence[date], values: np.ndarray | None, as_of: date) -> dict:
    """Return the trend of values (1 + n_draws, n_days), the first row being the figures; draws with a gap are out."""
    try:
        draws = values[1:][np.isfinite(values[1:]).all(axis=1)] if values is not None else np.empty((0, 0))
        trend = fit_trend(days, [] if values is None else values[0], draws=draws if len(draws) else None)
        return _show(trend, trend.find_crossing(0.0), min(as_of + AHEAD, trend.horizon))
    except TrendDataError as error:
        return _withhold(str(error))


def _show(trend: Trend, closing: Crossing, on: date) -> dict:
    ahead = trend.forecast(on)
    return {
        "slope_per_year": _round(trend.slope_per_year),
        "ci90": [_round(trend.slope_low), _round(trend.slope_high)],
        "n_records": trend.n_records,
        "first": trend.first.isoformat(),
        "last": trend.last.isoformat(),
        "forecast": {
            "on": on.isoformat(),
            "value": _round(ahead.value),
            "ci90": [_round(ahead.low), _round(ahead.high)],
        },
        "closing": {
            name: day and day.isoformat()
            for name, day in (("on", closing.on), ("earliest", closing.earliest), ("latest", closing.latest))
        }
        | {"reason": closing.reason},
        "reason": None,
    }


def _withhold(reason: str) -> dict:
    names = ("slope_per_year", "ci90", "n_records", "first", "last", "forecast", "closing")
    return {**dict.fromkeys(names), "reason": reason}


def _round(value: float) -> float:
    return round(float(value), 6)
