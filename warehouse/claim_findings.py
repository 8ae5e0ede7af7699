"""Measure one check of a claim in one view, on the scale that it speaks of.

Before: a snapshot, a claim's check and a view. After: a `Finding`: figure, interval, claimed range, the models it rests
on, and whatever stands in the way of a verdict.
"""

from dataclasses import replace

from collectors.claim_entries import Check, Claim
from collectors.errors import ModelgapError
from warehouse.claim_readings import Measured
from warehouse.claim_settings import LAGS, Setting, choose_for, frame, guard, measure, set_up
from warehouse.claim_views import View, find_allowed, find_claimed
from warehouse.figure_ranges import bound_points, find_unmeasured
from warehouse.gaps import TOLERANCE, read_cohort
from warehouse.indices import ECI, INDEX
from warehouse.panels import Source
from warehouse.phrases import Phrase, get_message
from warehouse.stats.bootstrap import Interval
from warehouse.stats.forward import estimate_forward_lag
from warehouse.stats.guards import Guard
from warehouse.stats.lag import estimate_lag
from warehouse.stats.panel import StatsError
from warehouse.verdicts import Finding, Reading
from warehouse.vintage import count_undated

DEFAULT = {"of": "domestic", "against": "frontier"}
BLOCKING = {"no_models", "stale", "lopsided"}
"""The guards that stand in the way of a difference of points; of a lag, which says more than a difference, all do."""


def find_on_scale(source: Source, claim: Claim, check: Check, view: View) -> Finding:
    """Return the finding on a lag, a difference of points or a position."""
    claimed = find_claimed(claim, check)
    unit = "months" if check.quantity in LAGS else ""
    empty = Finding(view.day, unit, claimed, find_allowed(claimed, check.rounding, 0.0), blocked=view.blocked)
    if view.blocked:
        return empty
    try:
        scale_id = choose_for(source, claim, check, replace(view, vintage=None))
        undated = count_undated(source, scale_id, view.vintage)
        if undated and undated.is_most:
            return replace(empty, scale=scale_id, blocked=undated.message)
        finding = _find(source, set_up(source, claim, check, view, choose_for(source, claim, check, view)))
    except ModelgapError as error:
        return replace(empty, blocked=get_message(error))
    return replace(finding, notes=(undated.message,) if undated else ())


def _find(source: Source, setting: Setting) -> Finding:
    check, view, scale = setting.check, setting.view, setting.data.scale
    absent = [model for model in check.models if model not in setting.panel.models]
    guards = guard(setting, view.day)
    fatal = [Phrase("{model} has no figure on {scale}", model=model, scale=scale["scale_id"]) for model in absent]
    fatal += [found.message for found in guards if found.is_fatal]
    if fatal:
        return replace(frame(setting), blocked=fatal[0], guards=_name(guards))
    measured = measure(setting, setting.rules[0])
    guards = guard(setting, measured.day)
    hiding = [found.message for found in guards if check.quantity in LAGS or found.code in BLOCKING]
    reading = _scale_reading(source, setting, measured)
    return replace(
        frame(setting, measured),
        reading=reading,
        others=() if hiding else tuple(_measure_others(source, setting)),
        blocked=hiding[0] if hiding else _find_imprecise(setting, measured),
        gap_in_evidence=_find_gap(source, setting, measured),
        context=_measure_context(source, setting) if check.quantity in LAGS and not hiding else {},
        models=tuple(_describe(setting, role, row) for role, row in measured.rows.items()),
        guards=_name(guards),
    )


def _scale_reading(source: Source, setting: Setting, measured: Measured) -> Reading:
    """Return the reading in the unit of the claim, with the range of published figures where there are no draws."""
    reading, factor = measured.reading, setting.factor
    draws = None if reading.draws is None else reading.draws * factor
    reading = replace(reading, value=reading.value * factor, draws=draws)
    if setting.check.quantity != "points" or draws is not None or setting.unit != "fraction":
        return reading
    margin, vintage = TOLERANCE["fraction"], setting.view.vintage
    bounds = bound_points(source, setting.data, setting.panel, measured.day, vintage, margin)
    if bounds:
        bounds = Interval(bounds.low * factor, bounds.high * factor, bounds.level)
    return replace(reading, bounds=bounds, kind=Phrase("range of published figures"))


def _measure_others(source: Source, setting: Setting) -> list[Reading]:
    """Return the readings by the other match rule and, beside our index, on Epoch AI's own."""
    others = []
    if setting.check.quantity in LAGS:
        rule = setting.rules[1]
        others.append(
            replace(measure(setting, rule).reading, label=Phrase("by the match rule {rule}", rule=rule.label))
        )
    if setting.data.scale["scale_id"] == INDEX.scale_id and setting.view.vintage is None:
        others += _measure_eci(source, setting)
    return others


def _measure_eci(source: Source, setting: Setting) -> list[Reading]:
    if not source.rows("SELECT scale_id FROM scale WHERE scale_id = ?", [ECI.scale_id]):
        return []
    beside = set_up(source, setting.claim, setting.check, setting.view, ECI.scale_id)
    if not set(setting.check.models) <= set(beside.panel.models) or guard(beside, beside.view.day):
        return []
    return [replace(measure(beside, beside.rules[0]).reading, label=Phrase("on Epoch AI's index"))]


def _measure_context(source: Source, setting: Setting) -> dict:
    """Return every kind of lag between the two cohorts, by the point rule, without intervals.

    Of what was still to come when the claim was made, those of the claim's day.
    """
    cohorts = {side: getattr(setting.check, side) for side in ("of", "against")}
    day = setting.view.day if setting.view.name == "today" else min(setting.view.day, setting.claim.claim_date)
    sides = [read_cohort(source, DEFAULT[side] if "/" in text else text) for side, text in cohorts.items()]
    panel = replace(setting.data.make_panel(*sides)[0], draws=None)
    context: dict[str, float | int | str | None] = {"as_of": day.isoformat()}
    try:
        lag = estimate_lag(panel, day)
        context |= {"standing_months": lag.standing_months, "record_months": lag.record_months}
        forward = estimate_forward_lag(panel, day)
    except StatsError:
        return context
    return context | {
        "forward_km_median_months": forward.km_median_months,
        "forward_matched": forward.matched,
        "forward_total": forward.total,
    }


def _find_imprecise(setting: Setting, measured: Measured) -> str | None:
    """Return which release date a lag hangs on that is not known to the month."""
    if setting.check.quantity not in LAGS:
        return None
    known = {model["model"]: model for model in setting.data.models}
    for role in ("first match", "target"):
        model = known.get(setting.panel.models[measured.rows[role]]) if role in measured.rows else None
        if model and model["date_precision"] == "on-or-before":
            return Phrase(
                "the release date of {model} is known only as on or before {day}",
                model=model["model"],
                day=model["release_date"],
            )
    return None


def _find_gap(source: Source, setting: Setting, measured: Measured) -> str | None:
    """Return which cohort's strongest model by the index a benchmark lacks: its record there may be too low."""
    if setting.check.quantity != "points" or setting.unit != "fraction" or setting.panel.draws is not None:
        return None
    texts = (setting.check.of, setting.check.against)
    cohorts = [(text, side) for text, side in zip(texts, setting.sides, strict=True) if "/" not in text]
    unmeasured = find_unmeasured(source, setting.data, cohorts, measured.day)
    lacking = [
        Phrase("the strongest {cohort} model by the index, {model}, has no figure", cohort=text, model=model)
        for text, model in unmeasured
    ]
    return lacking[0] if lacking else None


def _describe(setting: Setting, role: str, row: int) -> dict:
    model = next(found for found in setting.data.models if found["model"] == setting.panel.models[row])
    return {
        "role": role,
        "model": model["model"],
        "released": model["release_date"].isoformat(),
        "score": round(float(model["score"]), 6),
        "scale": setting.data.scale["scale_id"],
        "origin": model.get("origin"),
        "source_url": model.get("source_url"),
    }


def _name(guards: list[Guard]) -> tuple[str, ...]:
    return tuple(Phrase("{code}: {message}", code=found.code, message=found.message) for found in guards)
