"""Axes of a Plotly figure: from what a trace holds to pixels, and where the ticks stand.

Before: a figure's layout and traces as plain mappings. After: `Axis` objects. Dates count in days, logarithmic axes in
decades.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

EPOCH = datetime(1970, 1, 1)
MONTHS = (1, 2, 3, 4, 6, 12, 24, 60, 120)
DAYS = (1 / 24, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 7, 14)
MONDAY = 4
"""The first Monday, in days since 1970: ticks a week apart stand on Mondays."""
Props = dict[str, Any]


@dataclass(frozen=True)
class Axis:
    """One axis: its kind (linear, date, log, category), its ends as numbers, and where they lie in pixels."""

    kind: str
    start: float
    end: float
    low: float
    high: float
    props: Props
    categories: tuple[str, ...] = ()

    def to_number(self, value: object) -> float | None:
        """Return a trace's value as this axis counts, or None where it cannot be drawn."""
        if value is None or (not isinstance(value, str) and pd.isna(value)):
            return None
        if self.kind == "date":
            return count_days(value)
        if self.kind == "category":
            return float(self.categories.index(str(value))) if isinstance(value, str) else float(value)
        if self.kind == "log":
            return math.log10(float(value)) if float(value) > 0 else None
        return float(value)

    def to_pixels(self, value: object) -> float | None:
        """Return where a value lies, in pixels, or None where it cannot be drawn."""
        number = self.to_number(value)
        return None if number is None else self.place(number)

    def place(self, number: float) -> float:
        """Return where a number of this axis lies, in pixels."""
        return self.low + (number - self.start) / ((self.end - self.start) or 1.0) * (self.high - self.low)

    def list_ticks(self) -> list[tuple[float, str]]:
        """Return the ticks as pixel and label."""
        low, high = sorted((self.start, self.end))
        if self.props.get("tickvals") is not None:
            labels = self.props.get("ticktext") or [str(value) for value in self.props["tickvals"]]
            found = [(self.to_number(v), str(t)) for v, t in zip(self.props["tickvals"], labels, strict=False)]
        elif self.kind == "category":
            found = [(float(i), name) for i, name in enumerate(self.categories)]
        elif self.kind == "date":
            found = _tick_dates(low, high, self._count_ticks(), self.props.get("tickformat") or "%Y-%m")
        elif self.kind == "log":
            found = _tick_decades(low, high, self.props)
        else:
            found = _tick_numbers(low, high, self._count_ticks(), self.props)
        return [(self.place(n), text) for n, text in found if n is not None and low - 1e-9 <= n <= high + 1e-9]

    def _count_ticks(self) -> int:
        return self.props.get("nticks") or max(2, int(abs(self.high - self.low) / 55))


def make_axis(props: Props, values: Iterable[object], low: float, high: float, *, is_reversed_default=False) -> Axis:
    """Return the axis that Plotly would make of its layout `props` and the `values` on it, between two pixels."""
    values = [value for value in values if value is not None and (isinstance(value, str) or not pd.isna(value))]
    kind = props.get("type") or _guess_kind(values)
    categories = ()
    if kind == "category":
        named = [*(props.get("categoryarray") or ()), *(str(value) for value in values if isinstance(value, str))]
        categories = tuple(dict.fromkeys(named))
    axis = Axis(kind, 0.0, 1.0, low, high, props, categories)
    if props.get("range") is not None:
        ends = [float(end) if kind == "log" else axis.to_number(end) for end in props["range"]]
    else:
        ends = _find_ends(axis, values)
    if props.get("range") is None and str(props.get("autorange")) == "reversed":
        ends = ends[::-1]
    return Axis(kind, ends[0], ends[1], low, high, props, categories)


def count_days(value: object) -> float:
    """Return a date or time, or its ISO text, as days since 1970."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return float((value - EPOCH.date()).days)
    stamp = pd.Timestamp(value).to_pydatetime().replace(tzinfo=None)
    return (stamp - EPOCH) / timedelta(days=1)


def _guess_kind(values: list[object]) -> str:
    first = next(iter(values), 0)
    if isinstance(first, date | pd.Timestamp):
        return "date"
    if isinstance(first, str):
        return "date" if first[:4].isdigit() and first[4:5] == "-" else "category"
    return "linear"


def _find_ends(axis: Axis, values: list[object]) -> list[float]:
    if axis.kind == "category":
        return [-0.5, len(axis.categories) - 0.5]
    numbers = [number for number in map(axis.to_number, values) if number is not None] or [0.0, 1.0]
    low, high = min(numbers), max(numbers)
    if str(axis.props.get("rangemode")) == "tozero":
        low, high = min(low, 0.0), max(high, 0.0)
    air = (high - low or 1.0) * 0.05
    return [low - (0 if low == 0 else air), high + air]


def _tick_dates(low: float, high: float, wanted: int, form: str) -> list[tuple[float, str]]:
    """Return days or times of day where the axis's format names days and few fit, else the firsts of months."""
    step = next((days for days in DAYS if (high - low) / days <= wanted), None) if "%d" in form else None
    if step is None:
        return _tick_months(low, high, wanted, form)
    numbers = range(math.ceil((low - MONDAY) / step), math.floor((high - MONDAY) / step) + 1)
    days = [MONDAY + number * step for number in numbers]
    return [(day, (EPOCH + timedelta(days=day)).strftime(form)) for day in days]


def _tick_months(low: float, high: float, wanted: int, form: str) -> list[tuple[float, str]]:
    """Return the firsts of months, evenly spaced and at most `wanted`."""
    first, last = (EPOCH + timedelta(days=days) for days in (low, high))
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((months for months in MONTHS if span / months <= wanted), MONTHS[-1])
    start = first.year * 12 + first.month - 1
    ticks = []
    for month in range(start - start % step, start + span + 1, step):
        day = datetime(month // 12, month % 12 + 1, 1)
        ticks.append((count_days(day), day.strftime(form)))
    return ticks


def _tick_numbers(low: float, high: float, wanted: int, props: Props) -> list[tuple[float, str]]:
    """Return round numbers, as Plotly chooses them, with their prefix and suffix."""
    rough = (high - low) / max(wanted, 1) or 1.0
    base = 10.0 ** math.floor(math.log10(rough))
    step = props.get("dtick") or next(base * f for f in (1, 2, 5, 10) if base * f >= rough * (1 - 1e-9))
    step = float(step)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    first = math.ceil(low / step - 1e-9)
    numbers = [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]
    return [(number, format_tick(number, props, digits)) for number in numbers]


def _tick_decades(low: float, high: float, props: Props) -> list[tuple[float, str]]:
    """Return 1, 2 and 5 of each decade, or the decades alone where there are many."""
    factors = (1, 2, 5) if high - low < 3 else (1,)
    numbers = [f * 10.0**decade for decade in range(math.floor(low), math.ceil(high) + 1) for f in factors]
    return [(math.log10(number), format_tick(number, props, 0 if number >= 1 else 3)) for number in numbers]


def format_tick(number: float, props: Props, digits: int) -> str:
    """Return a tick's number in the axis's format, with prefix and suffix and a true minus sign."""
    form = (props.get("tickformat") or "").replace("~", "")
    if form.endswith("s"):
        text = _shorten(number)
    elif form.endswith("d"):
        text = format(round(number), form)
    elif form:
        text = format(number, form)
    else:
        text = f"{number:.{digits}f}" if digits != 3 else f"{number:g}"
    return f"{props.get('tickprefix') or ''}{text.replace('-', '−')}{props.get('ticksuffix') or ''}"


def _shorten(number: float) -> str:
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= factor:
            return f"{number / factor:g}{letter}"
    return f"{number:g}"
