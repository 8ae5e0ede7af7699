"""Measure the gap between two cohorts on a scale: points, months, intervals, and why a number must not be shown.

Before: a snapshot and a question. After: a `GapResult`, whose document is what `modelgap gap --json` prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.choosing import choose_scale
from warehouse.cohorts import Cohort, parse_cohort
from warehouse.panels import Evidence, ScaleData, Source, load_scale
from warehouse.stats.bootstrap import Interval
from warehouse.stats.forward import ForwardLag, estimate_forward_lag
from warehouse.stats.gap import RecordGap, estimate_record_gap
from warehouse.stats.guards import Guard, check_guards
from warehouse.stats.lag import Lag, estimate_lag
from warehouse.stats.match import NOT_SIGNIFICANTLY_WORSE, POINT, MatchRule, parse_rule
from warehouse.stats.panel import Panel
from warehouse.stats.records import RecordStep, find_record

TOLERANCE = {"fraction": 0.02, "elo": 10.0, "index": 1.0}
"""The second match rule where no draws allow `not_significantly_worse`: points of the scale that count as no gap."""


@dataclass(frozen=True)
class Question:
    """What to measure: a scale by domain, benchmark or index; two cohorts; a day; a rule; which evidence counts.

    `as_of`: models released by then, judged by today's figures (default: the vintage, else the newest evidence).
    `vintage`: only figures known to have been public by then. `guards` false shows guarded numbers anyway.
    """

    domain: str | None = None
    benchmark: str | None = None
    index: str | None = None
    domestic: str = "domestic"
    frontier: str = "frontier"
    as_of: date | None = None
    vintage: date | None = None
    match: str = POINT.label
    origins: tuple[str, ...] = ()
    guards: bool = True


@dataclass(frozen=True, eq=False)
class GapResult:
    """The answer to a question. What a guard withholds, or no model allows, is None; `notes` say what else to know."""

    question: Question
    snapshot: str
    scale: dict
    as_of: date
    domestic: str
    frontier: str
    gap: RecordGap | None
    lag: Lag | None
    other_lag: Lag | None
    forward: ForwardLag | None
    records: tuple[RecordStep | None, RecordStep | None]
    guards: tuple[Guard, ...]
    notes: tuple[str, ...]
    panel: Panel

    def to_document(self) -> dict:
        """Return the JSON document of `modelgap gap --json`: numbers rounded to 6 digits, None where there is none."""
        domestic, frontier = (_show_record(record) for record in self.records)
        return {
            "as_of": self.as_of.isoformat(),
            "snapshot": self.snapshot,
            "domestic": self.domestic,
            "frontier": self.frontier,
            "scale": self.scale["scale_id"],
            "gap": _show_gap(self.gap),
            "lag": _show_lag(self.lag, self.other_lag, self.forward),
            "guards": [{"code": guard.code, "bloc": guard.bloc, "message": guard.message} for guard in self.guards],
            "domestic_record": domestic,
            "frontier_record": frontier,
            "unit": self.scale["unit"],
            "evidence": self.scale["evidence"],
            "origins": list(self.question.origins),
            "vintage": self.question.vintage and self.question.vintage.isoformat(),
            "n_models": {name: int(getattr(self.panel, name).sum()) for name in ("domestic", "frontier")},
            "notes": list(self.notes),
        }


def measure_gap(snapshot: Source, question: Question | None = None, **asked: object) -> GapResult:
    """Return the gap that a question (or its fields, as keywords) asks for.

    Raises UsageError for what does not exist, WarehouseError where nothing measures it.

    Example: `measure_gap(open_current(), domain="mathematics").to_document()`
    """
    question = question or Question(**asked)
    scale_id = choose_scale(
        snapshot, domain=question.domain, benchmark=question.benchmark, index=question.index, vintage=question.vintage
    )
    data = load_scale(snapshot, scale_id, Evidence(tuple(sorted(set(question.origins))), question.vintage))
    domestic, frontier = read_cohorts(snapshot, question)
    panel, n_benchmarks = data.make_panel(domestic, frontier)
    as_of = question.as_of or question.vintage or snapshot.as_of
    rules = choose_rules(question.match, data, panel)
    guards = check_guards(
        panel,
        as_of,
        chance_floor=data.scale["chance_floor"],
        ceiling=data.scale["ceiling"],
        n_benchmarks=n_benchmarks if data.scale["unit"] == "index" else None,
    )
    hidden = any(guard.is_fatal for guard in guards) or (bool(guards) and question.guards)
    lags = [None if hidden else estimate_lag(panel, as_of, rule) for rule in rules]
    return GapResult(
        question=question,
        snapshot=snapshot.id,
        scale=data.scale,
        as_of=as_of,
        domestic=domestic.text,
        frontier=frontier.text,
        gap=None if hidden else estimate_record_gap(panel, as_of),
        lag=lags[0],
        other_lag=lags[1],
        forward=None if hidden else estimate_forward_lag(panel, as_of, rules[0]),
        records=tuple(find_record(panel, cohort, as_of) for cohort in ("domestic", "frontier")),
        guards=tuple(guards),
        notes=tuple(_note(data, panel, question)),
        panel=panel,
    )


def read_cohorts(snapshot: Source, question: Question) -> tuple[Cohort, Cohort]:
    """Return the two cohorts that a question names. Raises UsageError naming the term that is none."""
    developers = [row["developer"] for row in snapshot.rows("SELECT developer FROM developer")]
    return parse_cohort(question.domestic, developers), parse_cohort(question.frontier, developers)


def choose_rules(text: str, data: ScaleData, panel: Panel) -> tuple[MatchRule, MatchRule]:
    """Return the match rule asked for and the other one that is always shown beside it."""
    rule = parse_rule(text)
    if rule.kind != "point":
        return rule, POINT
    if panel.draws is not None:
        return rule, NOT_SIGNIFICANTLY_WORSE
    return rule, MatchRule("tolerance", delta=TOLERANCE[data.scale["unit"]])


def _note(data: ScaleData, panel: Panel, question: Question) -> list[str]:
    notes = []
    if data.scale["is_pooled"] and data.scale["unit"] == "fraction":
        notes.append("published figures of several sources: harnesses and settings differ")
    if data.scale["is_scaled"] is False:
        notes.append("index points on a scale of this fit's own (mean 100, standard deviation 10), not the usual one")
    if panel.draws is None and len(panel.models):
        notes.append("no interval: the standard error is not known for every score")
    vendor = sum(model["origin"] == "vendor" for model in data.models)
    if vendor:
        notes.append(f"{vendor} of {len(data.models)} scores are the developers' own")
    if question.guards is False:
        notes.append("guards are off: numbers that a guard would withhold are shown")
    return notes


def _show_gap(gap: RecordGap | None) -> dict:
    return {
        "points": _round(gap and gap.points),
        "stderr": _round(gap and gap.stderr),
        "ci90": _show_interval(gap and gap.ci90),
        "ci95": _show_interval(gap and gap.ci95),
        "paired": False,
    }


def _show_lag(lag: Lag | None, other: Lag | None, forward: ForwardLag | None) -> dict:
    return {
        **_show_rule(lag),
        "ci95": _show_interval(lag and lag.standing_ci95),
        "forward": {
            "km_median_months": _round(forward and forward.km_median_months),
            "matched": forward and forward.matched,
            "total": forward and forward.total,
            "oldest_unmatched_months": _round(forward and forward.oldest_unmatched_months),
            "ci90": _show_interval(forward and forward.ci90),
        },
        "other_rule": _show_rule(other),
    }


def _show_rule(lag: Lag | None) -> dict:
    return {
        "record_months": _round(lag and lag.record_months),
        "standing_months": _round(lag and lag.standing_months),
        "leads": lag and lag.leads,
        "ci90": _show_interval(lag and lag.standing_ci90),
        "match_rule": lag and lag.match_rule,
        "is_level": lag and lag.is_level,
    }


def _show_record(record: RecordStep | None) -> dict | None:
    if record is None:
        return None
    return {"model": record.model, "released": record.released.isoformat(), "score": _round(record.score)}


def _show_interval(interval: Interval | None) -> Sequence[float | None] | None:
    return [_round(interval.low), _round(interval.high)] if interval else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)
