"""Two models or two cohorts side by side: the frames of the comparison page.

Before: the current snapshot, read through `warehouse.read`. After: a row for each benchmark, in the columns that
`plot_compare` takes, what is withheld, and the items on which the two differ.
"""

import json
from dataclasses import replace
from typing import Any

import pandas as pd

from collectors.errors import ModelgapError
from dashboard.answers import name_models
from dashboard.charts.compare import Side, choose_looks
from dashboard.frames import ALL
from dashboard.i18n import format_day, pick_name, t
from dashboard.keeping import keep_answers
from dashboard.questions import DOMESTIC, FRONTIER, PUBLISHED, Choices, list_cohort_options
from dashboard.words import say, say_guards
from dashboard.words_compare import say_basis
from warehouse import read

Row = dict[str, Any]
COLUMNS = [
    "benchmark", "name", "domain", "unit", "a", "b", "difference", "ci90_low", "ci90_high", "basis", "n_items",
    "evidence", "detail", "is_like_for_like", "model_a", "model_b",
]  # fmt: skip
MAX_ITEMS = 50
"""Items on show: those that the two differ on most."""


def ask_comparison(chosen: Choices, models: tuple[str, str] | None = None) -> read.Question:
    """Return the question of a comparison: of two models where they are given, else of the cohorts chosen."""
    first, second = models or (chosen.domestic, chosen.frontier)
    return read.Question(
        domestic=first,
        frontier=second,
        as_of=None if chosen.known_then else chosen.as_of,
        vintage=chosen.as_of if chosen.known_then else None,
        origins=() if chosen.evidence == PUBLISHED else tuple(chosen.evidence.split(",")),
    )


@keep_answers
def find_comparison(
    snapshot: read.Snapshot, question: read.Question, domain: str = ALL
) -> tuple[read.Comparison | None, str]:
    """Return the comparison of two models or cohorts, on a domain or on all, or None and why there is none."""
    late = _find_late(snapshot, question)
    if late:
        return None, late
    try:
        whole = _compare(snapshot, question)
    except ModelgapError as error:
        return None, say(read.get_message(error), name_models(snapshot))
    if domain == ALL:
        return whole, ""
    known = {row["benchmark"]: row["domain"] for row in read.list_benchmarks(snapshot).to_pylist()}
    part = replace(
        whole,
        rows=tuple(row for row in whole.rows if row.domain == domain),
        overall=whole.find_mean(domain),
        withheld=tuple(row for row in whole.withheld if known[row["benchmark"]] == domain),
        index=None,
        # What counts rows counts those of every domain.
        notes=tuple(note for note in whole.notes if "k" not in getattr(note, "values", {})),
    )
    return (part, "") if part.rows or part.withheld else (None, t("No benchmark of this domain holds both."))


@keep_answers
def _compare(snapshot: read.Snapshot, question: read.Question) -> read.Comparison:
    return read.compare_sides(snapshot, question)


def _find_late(snapshot: read.Snapshot, question: read.Question) -> str:
    """Return which of two models was not out yet on the chosen day; nothing where both were, or of cohorts."""
    day = question.as_of or question.vintage
    rows = {row["model"]: row for row in read.list_models(snapshot).to_pylist()} if day else {}
    found = [rows[model] for model in (question.domestic, question.frontier) if model in rows]
    late = [row for row in found if row["release_date"] and row["release_date"] > day]
    said = [t("{name} came out on {date}", name=pick_name(row), date=format_day(row["release_date"])) for row in late]
    return t("{said}, after the chosen day.", said=t(", ").join(said)) if said else ""


def name_both(snapshot: read.Snapshot, comparison: read.Comparison, question: read.Question) -> tuple[str, str]:
    """Return what the two sides are called: models by their names, cohorts as the bar has them."""
    if comparison.kind == "model":
        names = name_models(snapshot)
        return names[comparison.a], names[comparison.b]
    asked = ((DOMESTIC, question.domestic), (FRONTIER, question.frontier))
    first, second = (list_cohort_options(snapshot, side).get(text, text) for side, text in asked)
    return first, second


def make_sides(snapshot: read.Snapshot, comparison: read.Comparison, names: tuple[str, str]) -> tuple[Side, Side]:
    """Return how the two sides are named and drawn: models in the look of their blocs, cohorts as everywhere."""
    blocs = (DOMESTIC, FRONTIER)
    if comparison.kind == "model":
        known = {row["model"]: row["bloc"] for row in read.list_models(snapshot).to_pylist()}
        blocs = known[comparison.a], known[comparison.b]
    first, second = choose_looks(*blocs)
    return Side(names[0], first), Side(names[1], second)


def read_rows(snapshot: read.Snapshot, comparison: read.Comparison) -> pd.DataFrame:
    """Return a row for each benchmark, first minus second side in shown points, in the columns of `plot_compare`."""
    names = name_benchmarks(snapshot, [row.benchmark for row in comparison.rows])
    domains = {row["domain"]: pick_name(row) for row in read.read_domains(snapshot).to_pylist()}
    models = name_models(snapshot)
    rows = [_describe(row, names, domains) | _name_records(row, models) for row in comparison.rows]
    return pd.DataFrame(rows, columns=COLUMNS)


def _name_records(row: Any, models: dict[str, str]) -> Row:
    """Return, of two cohorts, the record models, which stand below a benchmark's name; of two models nothing."""
    if "model_a" not in row.figures:
        return {}
    first, second = (models[row.figures[name]] for name in ("model_a", "model_b"))
    evidence = t("{first} / {second}", first=first, second=second)
    detail = t("{models}; {evidence}", models=evidence, evidence=say_basis(row))
    return {
        "model_a": row.figures["model_a"],
        "model_b": row.figures["model_b"],
        "evidence": evidence,
        "detail": detail,
    }


def _describe(row: Any, names: dict[str, str], domains: dict[str, str]) -> Row:
    factor = 100 if row.unit == "fraction" else 1
    interval = row.gap.ci90
    return {
        "benchmark": row.benchmark,
        "name": names[row.benchmark],
        "domain": domains[row.domain],
        "unit": row.unit,
        "a": row.a * factor,
        "b": row.b * factor,
        "difference": row.gap.points * factor,
        "ci90_low": interval.low * factor if interval else None,
        "ci90_high": interval.high * factor if interval else None,
        "basis": row.basis,
        "n_items": row.gap.n_items,
        "evidence": say_basis(row),
        "detail": say_basis(row),
        "is_like_for_like": row.basis != "standing",
    }


def table_withheld(snapshot: read.Snapshot, comparison: read.Comparison) -> pd.DataFrame:
    """Return the benchmarks whose number is withheld, and why."""
    names = name_benchmarks(snapshot, [row["benchmark"] for row in comparison.withheld])
    return pd.DataFrame(
        {
            t("Benchmark"): [names[row["benchmark"]] for row in comparison.withheld],
            t("Withheld because"): [say_guards(row["guards"]) for row in comparison.withheld],
        }
    )


def list_pairs(comparison: read.Comparison) -> dict[str, tuple[str, str]]:
    """Return the benchmarks on which the marks of both sides on the same items are here, each with its two models."""
    both = (comparison.a, comparison.b)
    return {
        row.benchmark: (row.figures.get("model_a", both[0]), row.figures.get("model_b", both[1]))
        for row in comparison.rows
        if row.basis == "items"
    }


def name_benchmarks(snapshot: read.Snapshot, benchmarks: list[str]) -> dict[str, str]:
    """Return what benchmarks are called, by id."""
    names = {row["benchmark"]: pick_name(row) for row in read.list_benchmarks(snapshot).to_pylist()}
    return {benchmark: names[benchmark] for benchmark in benchmarks}


@keep_answers
def count_agreement(snapshot: read.Snapshot, model_a: str, model_b: str, benchmark: str) -> Row:
    """Return how many items `both`, `neither`, only `a` or only `b` got right, and how many were answered by both."""
    items = read.read_item_pairs(snapshot, model_a, model_b, benchmark).to_pandas()
    a, b = items["mark_a"] >= 0.5, items["mark_b"] >= 0.5
    return {
        "n": len(items),
        "both": int((a & b).sum()),
        "neither": int((~a & ~b).sum()),
        "a": int((a & ~b).sum()),
        "b": int((~a & b).sum()),
    }


@keep_answers
def list_differing(snapshot: read.Snapshot, model_a: str, model_b: str, benchmark: str) -> list[Row]:
    """Return the items whose marks differ, at most `MAX_ITEMS`; texts are None where items may not be shown."""
    rows = read.read_item_pairs(snapshot, model_a, model_b, benchmark).slice(0, MAX_ITEMS).to_pylist()
    return [row | {"question": read_question(row["prompt"])} for row in rows if row["mark_a"] != row["mark_b"]]


def read_question(prompt: str | None) -> str | None:
    """Return the last thing a prompt says, which is the question; a prompt that is no list of messages as it is."""
    try:
        messages = json.loads(prompt) if prompt else None
        content = messages[-1]["content"] if messages else None
        return content if isinstance(content, str) else prompt
    except (ValueError, LookupError, TypeError):
        return prompt
