"""Measure the gap between two cohorts on a scale: points, months, intervals, and why a number must not be shown.

Before: a snapshot and a question. After: a `GapResult`, whose document is what `modelgap gap --json` prints.
"""

from dataclasses import dataclass
from datetime import date

from collectors.errors import UsageError
from warehouse.choosing import choose_scale
from warehouse.cohorts import Cohort, parse_cohort
from warehouse.documents import show_result
from warehouse.pairing import measure_paired_gap
from warehouse.panels import Evidence, ScaleData, Source, load_scale
from warehouse.phrases import Phrase, get_message
from warehouse.stats.forward import ForwardLag, estimate_forward_lag
from warehouse.stats.gap import RecordGap, estimate_record_gap
from warehouse.stats.guards import Guard, check_guards, name_cohorts
from warehouse.stats.lag import Lag, estimate_lag
from warehouse.stats.match import NOT_SIGNIFICANTLY_WORSE, POINT, MatchRule, parse_rule
from warehouse.stats.paired import PointsGap
from warehouse.stats.panel import Panel
from warehouse.stats.records import RecordStep, find_record
from warehouse.vintage import count_undated

TOLERANCE = {"fraction": 0.02, "elo": 10.0, "index": 1.0}
"""The second match rule where no draws allow `not_significantly_worse`: points of the scale that count as no gap."""


@dataclass(frozen=True)
class Question:
    """What to measure: a scale by domain, benchmark, index or section of ISIC; two cohorts; a day; a rule; evidence.

    `as_of`: models released by then, judged by today's figures (default: the vintage, else the newest evidence).
    `vintage`: only figures known to have been public by then. `guards` false shows guarded numbers anyway.
    """

    domain: str | None = None
    benchmark: str | None = None
    index: str | None = None
    isic: str | None = None
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
    gap: RecordGap | PointsGap | None
    rules: tuple[MatchRule, MatchRule]
    lag: Lag | None
    other_lag: Lag | None
    forward: ForwardLag | None
    records: tuple[RecordStep | None, RecordStep | None]
    guards: tuple[Guard, ...]
    notes: tuple[str, ...]
    panel: Panel

    def to_document(self) -> dict:
        """Return the JSON document of `modelgap gap --json`."""
        return show_result(self)


def measure_gap(snapshot: Source, question: Question | None = None, **asked: object) -> GapResult:
    """Return the gap that a question (or its fields, as keywords) asks for.

    Raises UsageError for what does not exist, WarehouseError where nothing measures it.

    Example: `measure_gap(open_current(), domain="mathematics").to_document()`
    """
    question = question or Question(**asked)
    data = load_question(snapshot, question)
    cohorts = read_cohorts(snapshot, question)
    panel, n_benchmarks = data.make_panel(*cohorts)
    as_of = question.as_of or question.vintage or snapshot.as_of
    rules = choose_rules(question.match, data, panel)
    rests_on = n_benchmarks if data.scale["unit"] == "index" else None
    guards = check_guards(panel, as_of, data.scale["chance_floor"], data.scale["ceiling"], rests_on)
    guards = name_cohorts(guards, cohorts[0].text, cohorts[1].text)
    hidden = any(guard.is_fatal for guard in guards) or (bool(guards) and question.guards)
    lags = [None if hidden else estimate_lag(panel, as_of, rule) for rule in rules]
    return GapResult(
        question=question,
        snapshot=snapshot.id,
        scale=data.scale,
        as_of=as_of,
        domestic=cohorts[0].text,
        frontier=cohorts[1].text,
        gap=None if hidden else _measure_points(snapshot, data, panel, lags[0]),
        rules=rules,
        lag=lags[0],
        other_lag=lags[1],
        forward=None if hidden else estimate_forward_lag(panel, as_of, rules[0]),
        records=tuple(find_record(panel, cohort, as_of) for cohort in ("domestic", "frontier")),
        guards=tuple(guards),
        notes=(*_note(data, panel, question), *_note_vintage(snapshot, data, question)),
        panel=panel,
    )


def _measure_points(snapshot: Source, data: ScaleData, panel: Panel, lag: Lag) -> RecordGap | PointsGap:
    """Return the records' difference, on the items that both record models answered where there are such."""
    paired = measure_paired_gap(snapshot, data, lag.frontier_record.model, lag.domestic_record.model)
    return paired or estimate_record_gap(panel, lag.as_of)


def load_question(snapshot: Source, question: Question) -> ScaleData:
    """Return the scale that a question is about, with the models and draws that its evidence admits."""
    scale_id = choose_scale(
        snapshot,
        domain=question.domain,
        benchmark=question.benchmark,
        index=question.index,
        isic=question.isic,
        vintage=question.vintage,
        origins=question.origins,
    )
    try:
        return load_scale(snapshot, scale_id, Evidence(tuple(sorted(set(question.origins))), question.vintage))
    except UsageError as error:
        undated = count_undated(snapshot, scale_id, question.vintage)
        if undated is None:
            raise
        raise UsageError(Phrase("{error}; {undated}.", error=get_message(error), undated=undated.message)) from error


def read_cohorts(snapshot: Source, question: Question) -> tuple[Cohort, Cohort]:
    """Return the two cohorts that a question names. Raises UsageError naming the term that is none."""
    return read_cohort(snapshot, question.domestic), read_cohort(snapshot, question.frontier)


def read_cohort(snapshot: Source, text: str) -> Cohort:
    """Return the cohort that a text names, by the developers and named cohorts of a snapshot. Raises UsageError."""
    if "cohort names" not in snapshot.cache:
        developers = [row["developer"] for row in snapshot.rows("SELECT developer FROM developer")]
        named = {row["cohort"]: row["terms"] for row in snapshot.rows("SELECT cohort, terms FROM cohort")}
        snapshot.cache["cohort names"] = developers, named
    return parse_cohort(text, *snapshot.cache["cohort names"])


def choose_rules(text: str, data: ScaleData, panel: Panel) -> tuple[MatchRule, MatchRule]:
    """Return the match rule asked for and the other one that is always shown beside it."""
    rule = parse_rule(text)
    if rule.kind != "point":
        return rule, POINT
    if panel.draws is not None:
        return rule, NOT_SIGNIFICANTLY_WORSE
    return rule, MatchRule("tolerance", delta=TOLERANCE[data.scale["unit"]])


def _note_vintage(snapshot: Source, data: ScaleData, question: Question) -> list[str]:
    undated = count_undated(snapshot, data.scale["scale_id"], question.vintage)
    return [undated.message] if undated else []


def _note_section(data: ScaleData) -> Phrase:
    """Return what a section of ISIC is measured by: its subjects, and the items that each model answered."""
    counts = sorted({model["n_samples"] for model in data.models})
    return Phrase(
        "{items} items of {benchmark} ({subjects}); an exam is a proxy for the work",
        items="-".join(map(str, dict.fromkeys((counts[0], counts[-1])))),
        benchmark=data.scale["benchmark"],
        subjects=", ".join(data.scale["subjects"]),
    )


def _note(data: ScaleData, panel: Panel, question: Question) -> list[str]:
    notes = [_note_section(data)] if data.scale["section"] else []
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
