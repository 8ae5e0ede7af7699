"""Set up a check of a claim for measuring: its scale, its panel, its match rules, and what guards say.

Before: a snapshot, a claim's check and a view. After: a `Setting`, from which `measure` takes the figure.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from collectors.claim_entries import Check, Claim
from warehouse.choosing import choose_scale
from warehouse.claim_readings import Measured, measure_position, measure_records, measure_wait, measure_waits
from warehouse.claim_views import View, find_allowed, find_claimed
from warehouse.cohorts import Cohort
from warehouse.gaps import TOLERANCE, choose_rules, read_cohort
from warehouse.indices import INDEX
from warehouse.panels import Evidence, ScaleData, Source, load_scale
from warehouse.showing import FACTOR, UNITS
from warehouse.stats.guards import Guard, check_guards, name_cohorts
from warehouse.stats.match import MatchRule
from warehouse.stats.panel import Panel
from warehouse.verdicts import Finding, Span

LAGS = ("standing_lag", "record_lag", "forward_lag")


@dataclass(frozen=True, eq=False)
class Setting:
    """A check in a view, with the scale, panel and match rules to measure it by."""

    claim: Claim
    check: Check
    view: View
    data: ScaleData
    sides: tuple[Cohort, Cohort]
    panel: Panel
    n_benchmarks: np.ndarray
    rules: tuple[MatchRule, MatchRule]

    @property
    def unit(self) -> str:
        """Return the unit of the scale: fraction, elo or index."""
        return self.data.scale["unit"]

    @property
    def factor(self) -> float:
        """Return what one point of the scale is in the unit of the claim."""
        return FACTOR[self.unit] if self.check.quantity == "points" else 1.0


def set_up(source: Source, claim: Claim, check: Check, view: View, scale_id: str) -> Setting:
    """Return the setting of a check on a scale. Raises UsageError where the scale or a cohort does not exist."""
    data = load_scale(source, scale_id, Evidence(view.origins, view.vintage))
    sides = (_read_side(source, check.of), _read_side(source, check.against, check.upper))
    panel, n_benchmarks = data.make_panel(*sides)
    rule = f"{view.match}:{TOLERANCE[data.scale['unit']]:g}" if view.match == "tolerance" else view.match
    return Setting(claim, check, view, data, sides, panel, n_benchmarks, choose_rules(rule, data, panel))


def choose_for(source: Source, claim: Claim, check: Check, view: View) -> str:
    """Return the scale of a check: its own, else that of the claim's domain, the index where that is all of them."""
    named = {kind: value for kind in ("index", "domain", "benchmark") if (value := getattr(check, kind))}
    if not named:
        named = {"index": INDEX.scale_id} if claim.domain == "all" else {"domain": claim.domain}
    if "benchmark" in named and not _is_board_of_view(source, named["benchmark"], view):
        named["benchmark"] = named["benchmark"].split(":")[0]
    return choose_scale(source, **named, vintage=view.vintage)


def _is_board_of_view(source: Source, scale_id: str, view: View) -> bool:
    """Return whether a scale that a check names by its own id is the one to use: not for today, nor before its day."""
    if view.vintage is None:
        return view.name == "hindsight"
    known = source.rows("SELECT newest_known_date FROM scale WHERE scale_id = ?", [scale_id])
    return bool(known) and known[0]["newest_known_date"] <= view.vintage


def _read_side(source: Source, text: str, other: str | None = None) -> Cohort:
    """Return a cohort, or one of the one or two models that are named."""
    models = {name for name in (text, other) if name and "/" in name}
    return Cohort(text, (lambda model: model["model"] in models,)) if models else read_cohort(source, text)


def measure(setting: Setting, rule: MatchRule) -> Measured:
    """Return the figure that a setting asks for by one match rule, in points of the scale, months or a position."""
    check, view, panel = setting.check, setting.view, setting.panel
    if check.quantity == "position":
        return measure_position(panel, panel.models.index(check.against), panel.models.index(check.upper), view.day)
    if check.quantity == "forward_lag":
        if "/" not in check.against:
            return measure_waits(panel, check.since, view.day, rule, check.take)
        start = setting.claim.claim_date if check.from_claim else None
        return measure_wait(panel, panel.models.index(check.against), start, view.day, rule)
    claimed, percent = find_claimed(setting.claim, check), check.percent
    near = claimed if percent else Span(*(end if end is None else end / setting.factor for end in _ends(claimed)))
    return measure_records(panel, view.since, view.day, rule, check.quantity, view.take, near, percent)


def frame(setting: Setting, measured: Measured | None = None) -> Finding:
    """Return the finding without its figure: scale, unit, rule and the claimed range in that unit."""
    check, unit = setting.check, setting.unit
    claimed, rounding = find_claimed(setting.claim, check), check.rounding
    if check.percent and measured is not None:
        share = setting.panel.score[measured.rows["of"]] / 100
        claimed = Span(*(end if end is None else end * share for end in _ends(claimed)))
        rounding *= share
    is_points = check.quantity == "points"
    tolerance = TOLERANCE[unit] * FACTOR[unit] if is_points else 0.0
    return Finding(
        as_of=measured.day if measured else setting.view.day,
        unit=UNITS[unit] if is_points else "months" if check.quantity in LAGS else "of the way",
        claimed=claimed,
        allowed=find_allowed(claimed, rounding, tolerance),
        scale=setting.data.scale["scale_id"],
        match_rule=setting.rules[0].label if check.quantity in LAGS else None,
    )


def guard(setting: Setting, day: date) -> list[Guard]:
    """Return the guards of the day; a side that is one model needs a figure, and no records or newer models."""
    scale = setting.data.scale
    counts = setting.n_benchmarks if setting.unit == "index" else None
    guards = check_guards(setting.panel, day, scale["chance_floor"], scale["ceiling"], counts)
    sides = {"domestic": setting.check.of, "frontier": setting.check.against}
    kept = [guard for guard in guards if guard.is_fatal or "/" not in sides[guard.bloc]]
    return name_cohorts(kept, **sides)


def _ends(span: Span) -> tuple[float | None, float | None]:
    return span.low, span.high
