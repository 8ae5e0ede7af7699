"""Write a gap's result as the JSON document that `modelgap gap --json` prints.

Before: a `GapResult`. After: mappings, lists and numbers, rounded to 6 digits; None where there is no number.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from warehouse.stats.bootstrap import Interval
from warehouse.stats.forward import ForwardLag
from warehouse.stats.gap import RecordGap
from warehouse.stats.lag import Lag
from warehouse.stats.match import MatchRule
from warehouse.stats.paired import DETECTABLE_SE, PointsGap
from warehouse.stats.records import RecordStep

if TYPE_CHECKING:
    from warehouse.gaps import GapResult


def show_result(result: "GapResult") -> dict:
    """Return the document of a result; its keys are a contract and stay."""
    domestic, frontier = (_show_record(record) for record in result.records)
    question = result.question
    return {
        "as_of": result.as_of.isoformat(),
        "snapshot": result.snapshot,
        "domestic": result.domestic,
        "frontier": result.frontier,
        "scale": result.scale["scale_id"],
        "gap": _show_gap(result.gap),
        "lag": _show_lag(result),
        "guards": [{"code": guard.code, "bloc": guard.bloc, "message": guard.message} for guard in result.guards],
        "domestic_record": domestic,
        "frontier_record": frontier,
        "unit": result.scale["unit"],
        "evidence": result.scale["evidence"],
        "origins": list(question.origins),
        "vintage": question.vintage and question.vintage.isoformat(),
        "n_models": {name: int(getattr(result.panel, name).sum()) for name in ("domestic", "frontier")},
        "notes": list(result.notes),
    }


def _show_gap(gap: RecordGap | PointsGap | None) -> dict:
    stderr = gap and gap.stderr
    return {
        "points": _round(gap and gap.points),
        "stderr": _round(stderr),
        "ci90": _show_interval(gap and gap.ci90),
        "ci95": _show_interval(gap and gap.ci95),
        "paired": isinstance(gap, PointsGap) and gap.paired,
        "n_items": gap.n_items if isinstance(gap, PointsGap) else None,
        "minimum_detectable": _round(None if stderr is None else DETECTABLE_SE * stderr),
    }


def _show_lag(result: "GapResult") -> dict:
    lag, forward = result.lag, result.forward
    return {
        **_show_rule(result.rules[0], lag),
        "ci95": _show_interval(lag and lag.standing_ci95),
        "forward": _show_forward(forward),
        "other_rule": _show_rule(result.rules[1], result.other_lag),
    }


def _show_forward(forward: ForwardLag | None) -> dict:
    return {
        "km_median_months": _round(forward and forward.km_median_months),
        "matched": forward and forward.matched,
        "total": forward and forward.total,
        "oldest_unmatched_months": _round(forward and forward.oldest_unmatched_months),
        "ci90": _show_interval(forward and forward.ci90),
    }


def _show_rule(rule: MatchRule, lag: Lag | None) -> dict:
    return {
        "record_months": _round(lag and lag.record_months),
        "standing_months": _round(lag and lag.standing_months),
        "leads": lag and lag.leads,
        "is_level": lag and lag.is_level,
        "ci90": _show_interval(lag and lag.standing_ci90),
        "match_rule": rule.label,
    }


def _show_record(record: RecordStep | None) -> dict | None:
    if record is None:
        return None
    return {"model": record.model, "released": record.released.isoformat(), "score": _round(record.score)}


def _show_interval(interval: Interval | None) -> Sequence[float | None] | None:
    return [_round(interval.low), _round(interval.high)] if interval else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)
