"""Write what was found for one check of a claim as JSON values.

Before: a `Finding` and the verdict on it. After: a mapping; numbers rounded to 4 digits, None where there is none.
"""

import math

from collectors.claim_entries import Check
from warehouse.phrases import Told
from warehouse.stats.bootstrap import Interval
from warehouse.verdicts import Finding, Reading, Span, Word


def show_part(check: Check, finding: Finding, verdict: tuple[Word, str]) -> dict:
    """Return one part of a view of a claim; its keys are a contract and stay.

    `value` with `is_lower_bound`: a wait that is still open, as long as it has lasted. `ci90` comes from joint draws
    (or the spread over benchmarks); where there is none, `figures_range` is what choosing among published figures
    allows.
    """
    reading = finding.reading
    return {
        "verdict": verdict[0],
        "reason": verdict[1],
        "quantity": check.quantity,
        "as_of": finding.as_of.isoformat(),
        **_show_reading(reading),
        "unit": finding.unit,
        "share_within": None if reading is None else _round(reading.share_within(finding.allowed)),
        "claimed": _show_span(finding.claimed),
        "allowed": _show_span(finding.allowed),
        "scale": finding.scale,
        "match_rule": finding.match_rule,
        "others": [{"label": other.label, **_show_reading(other)} for other in finding.others],
        "context": {name: _show_value(value) for name, value in finding.context.items()},
        "reading": check.reading and Told(check.reading),
        "guards": list(finding.guards),
        "notes": list(finding.notes),
    }


def _show_reading(reading: Reading | None) -> dict:
    if reading is None:
        return {"value": None, "is_lower_bound": False, "ci90": None, "figures_range": None}
    is_open, interval = math.isinf(reading.value), _show_interval(reading.interval)
    is_figures = reading.kind != Reading.kind
    return {
        "value": _round(reading.elapsed if is_open else reading.value),
        "is_lower_bound": is_open,
        "ci90": None if is_figures else interval,
        "figures_range": interval if is_figures else None,
    }


def _show_span(span: Span) -> list[float | None]:
    return [_round(span.low), _round(span.high)]


def _show_interval(interval: Interval | None) -> list[float | None] | None:
    return [_round(interval.low), _round(interval.high)] if interval else None


def _show_value(value: object) -> object:
    return _round(value) if isinstance(value, float) else value


def _round(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 4)
