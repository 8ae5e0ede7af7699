"""Compare two cohorts benchmark by benchmark, by the record that each holds as of a day.

Before: a snapshot and a question's cohorts, day and evidence. After: a `Comparison` of kind `cohort`: a row for each
benchmark on which both have a record that no guard withholds, with its interval, item-paired where both record models
answered the same items here; means over them; both on the capability index.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from collectors.errors import ModelgapError, UsageError, WarehouseError
from warehouse.compare import Comparison, Row, adjust_rows, average_rows, compare_models
from warehouse.gaps import Question, load_question, read_cohorts
from warehouse.pairing import measure_paired_gap
from warehouse.panels import ScaleData, Source
from warehouse.phrases import Phrase
from warehouse.stats.bootstrap import Interval
from warehouse.stats.gap import RecordGap, estimate_record_gap
from warehouse.stats.guards import Guard, check_guards, name_cohorts
from warehouse.stats.paired import PointsGap
from warehouse.stats.panel import Panel
from warehouse.stats.records import RecordStep, find_record

_SCALES = """
SELECT benchmark, scale_id FROM scale
WHERE kind = 'benchmark' AND n_models > 0 AND (NOT $measured OR evidence = 'measured')
QUALIFY row_number() OVER (
    PARTITION BY benchmark
    ORDER BY evidence = 'measured', is_default DESC, n_models DESC, newest_known_date DESC, scale_id
) = 1
ORDER BY domain, benchmark"""


def compare_sides(source: Source, question: Question) -> Comparison:
    """Return the comparison of a question's two sides: two models by their ids (`developer/model`), or two cohorts.

    Of two models `as_of` counts as little as a match rule: their figures are what they are. Raises UsageError where
    one side is a model and the other is none.
    """
    a, b = question.domestic, question.frontier
    if ("/" in a) != ("/" in b):
        raise UsageError(f"compare: a model is held against a model, a cohort against a cohort; got {a!r} and {b!r}.")
    if "/" in a:
        return compare_models(source, a, b, question.vintage, question.origins)
    return compare_cohorts(source, question)


def compare_cohorts(source: Source, question: Question) -> Comparison:
    """Return the comparison of a question's `domestic` cohort (first) with its `frontier` one, by their records.

    Of the question count cohorts, `as_of` or `vintage`, `origins` and `guards`. Published figures stand where there are
    any, our own elsewhere, or alone with the origin `measured`.

    Raises UsageError for a cohort that is none or against itself, WarehouseError where no benchmark has a record of
    both; where a guard withholds every one there are no rows.
    """
    a, b = (cohort.text for cohort in read_cohorts(source, question))
    if a == b:
        raise UsageError(Phrase("compare: two different cohorts are needed; got '{a}' twice.", a=a))
    rows, withheld = [], []
    measured = question.origins == ("measured",)
    for scale in source.rows(_SCALES, {"measured": measured}):
        found = _measure(source, replace(question, benchmark=scale["scale_id"], index=None, domain=None))
        if isinstance(found, Row):
            rows.append(found)
        elif found:
            withheld.append({"benchmark": scale["benchmark"], "guards": [_show_guard(guard) for guard in found]})
    if not rows and not withheld:
        raise WarehouseError(Phrase("compare: no benchmark holds a record of both; got '{a}' and '{b}'.", a=a, b=b))
    rows = adjust_rows(rows)
    domains, overall = average_rows(rows)
    index = None if measured else _measure_index(source, replace(question, index="index", benchmark=None, domain=None))
    as_of = question.as_of or question.vintage or source.as_of
    return Comparison(
        a, b, source.id, tuple(rows), domains, overall, index, tuple(_note(rows, withheld)), "cohort", as_of,
        tuple(withheld),
    )  # fmt: skip


def _measure(source: Source, question: Question) -> Row | tuple[Guard, ...]:
    """Return the row of a benchmark, or why there is none; no reason where either cohort was never scored on it."""
    try:
        data = load_question(source, question)
    except UsageError:
        return ()
    panel, guards, records = _set_up(source, question, data)
    if not all(records):
        return ()
    if guards and question.guards:
        return guards
    return _make_row(source, data, panel, records, question.as_of or question.vintage or source.as_of)


def _set_up(source: Source, question: Question, data: ScaleData) -> tuple[Panel, tuple[Guard, ...], tuple]:
    cohorts = read_cohorts(source, question)
    panel, n_benchmarks = data.make_panel(*cohorts)
    as_of = question.as_of or question.vintage or source.as_of
    records = tuple(find_record(panel, side, as_of) for side in ("domestic", "frontier"))
    rests_on = n_benchmarks if data.scale["unit"] == "index" else None
    guards = check_guards(panel, as_of, data.scale["chance_floor"], data.scale["ceiling"], rests_on)
    return panel, tuple(name_cohorts(guards, cohorts[0].text, cohorts[1].text)), records


def _make_row(source: Source, data: ScaleData, panel: Panel, records: tuple[RecordStep, ...], as_of: date) -> Row:
    first, second = records
    gap = measure_paired_gap(source, data, first.model, second.model) if first.model != second.model else None
    if gap is None:
        gap = _turn(estimate_record_gap(panel, as_of))
    known = {model["model"]: model for model in data.models}
    return Row(
        benchmark=data.scale["benchmark"],
        domain=data.scale["domain"],
        unit=data.scale["unit"],
        a=first.score,
        b=second.score,
        gap=gap,
        basis="items" if gap.paired else "records",
        figures=dict(_describe(known[first.model], known[second.model], records)),
        standing=None,
    )


def _turn(gap: RecordGap) -> PointsGap:
    """Return frontier minus domestic record as domestic minus frontier: first minus second."""
    turned = {
        name: interval and Interval(_negate(interval.high), _negate(interval.low), interval.level)
        for name, interval in (("ci90", gap.ci90), ("ci95", gap.ci95))
    }
    return PointsGap(
        -gap.points, gap.stderr, **turned, p_value=None, minimum_detectable=None, paired=False, n_items=None,
        n_clusters=None, degrees=None,
    )  # fmt: skip


def _negate(value: float | None) -> float | None:
    return None if value is None else -value


def _describe(first: dict, second: dict, records: tuple[RecordStep, ...]) -> Iterator[tuple[str, object]]:
    for name in ("origin", "source"):
        yield name, first[name] if first[name] == second[name] else f"{first[name]} / {second[name]}"
    yield "source_url", first["source_url"]
    yield "reported_by", None
    yield "is_provisional", bool(first["is_provisional"] or second["is_provisional"])
    for side, record in zip("ab", records, strict=True):
        yield f"model_{side}", record.model
        yield f"released_{side}", record.released.isoformat()


def _measure_index(source: Source, question: Question) -> dict | None:
    """Return both records on the index with the interval of their difference; None where a guard withholds it."""
    try:
        data = load_question(source, question)
    except ModelgapError:
        return None
    panel, guards, records = _set_up(source, question, data)
    if not all(records) or (guards and question.guards):
        return None
    gap = _turn(estimate_record_gap(panel, question.as_of or question.vintage or source.as_of))
    first, second = records
    models = {"model_a": first.model, "model_b": second.model}
    return {"a": first.score, "b": second.score, "difference": gap.points, "ci90": gap.ci90, **models}


def _show_guard(guard: Guard) -> dict:
    return {"code": guard.code, "bloc": guard.bloc, "message": guard.message}


def _note(rows: list[Row], withheld: list[dict]) -> Iterator[Phrase]:
    yield Phrase("each row holds the best of either cohort, by whoever measured it: harness and model are mixed up")
    if withheld:
        yield Phrase("{k} more benchmarks are withheld: the evidence carries no number there", k=len(withheld))
    if any(row.gap.stderr is None for row in rows):
        yield Phrase("where no standard error is known, none is shown: such a difference may be chance")
