"""The gap by domain and quarter, and by section of industry: the frames of the page on domains and industries.

Before: a snapshot and the reader's choices. After: a row a domain and quarter, or a section; a number that a guard
withholds is None, with the reason.
"""

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd

from collectors.errors import ModelgapError
from dashboard import frames
from dashboard.answers import find_domain_scale, read_standing, trace_days
from dashboard.i18n import pick_name, t, tn
from dashboard.keeping import keep_answers
from dashboard.questions import PUBLISHED, Choices, make_question, name_sides
from dashboard.words import name_scale, say, say_guards
from warehouse import read

Row = dict[str, Any]
SECTION = [
    "section", "name", "short", "scale_id", "unit", "instruments", "subjects", "n_items", "is_weak", "state",
    "gap_points", "gap_ci90_low", "gap_ci90_high", "lag_months", "lag_ci90_low", "lag_ci90_high",
    "guard", "guard_detail", "evidence",
]  # fmt: skip
CELL = ["name", "unit", "quarter", "gap_points", "lag_months", "guard"]


@keep_answers
def read_heat(snapshot: read.Snapshot, choices: Choices) -> pd.DataFrame:
    """Return a row a domain and quarter (columns `CELL`), as of the quarter's last day, or the day asked for.

    Domains that nothing measures by the chosen evidence have one row, without a quarter.
    """
    rows: list[Row] = []
    for domain in read.read_domains(snapshot).to_pylist():
        scale = find_domain_scale(snapshot, choices.evidence, domain["domain"])
        name = {"name": pick_name(domain), "unit": scale and scale["unit"]}
        rows += [name | cell for cell in _trace_quarters(snapshot, scale, choices)]
    return pd.DataFrame(rows, columns=CELL)


def _trace_quarters(snapshot: read.Snapshot, scale: Row | None, choices: Choices) -> list[Row]:
    """Return the cells of one domain in the order of the quarters."""
    if scale is None:
        guard = t("nothing measures it") if choices.evidence == PUBLISHED else t("no such evidence")
        return [{"quarter": None, "guard": guard}]
    question = make_question(choices, scale)
    try:
        days = trace_days(snapshot, scale["scale_id"], question)
    except ModelgapError:
        return [{"quarter": None, "guard": t("no answer")}]
    days = days[days["match_rule"] == days["match_rule"].iloc[0]]
    last = days.groupby(pd.PeriodIndex(days["date"], freq="Q")).tail(1)
    return [row | {"quarter": name_quarter(row["date"])} for row in last.to_dict("records")]


def name_quarter(day: date) -> str:
    """Return the quarter of a day as readers write it."""
    return t("{year} Q{quarter}", year=day.year, quarter=(day.month + 2) // 3)


@keep_answers
def read_sections(snapshot: read.Snapshot, choices: Choices) -> pd.DataFrame:
    """Return a row a section of ISIC, in the columns that `plot_isic` takes.

    `state`: measured (there is a gap, or a guard withholds it), registered (subjects or benchmarks measure it, and no
    model was scored on them) or none (nothing measures it).
    """
    scales: dict[str, list[Row]] = {}
    for row in read.read_isic_scales(snapshot).to_pylist():
        scales.setdefault(row["section"], []).append(row)
    rows = read.read_isic(snapshot).to_pylist()
    described = [_describe_section(snapshot, row, scales.get(row["section"], []), choices) for row in rows]
    return pd.DataFrame(described, columns=SECTION)


def find_suite(snapshot: read.Snapshot) -> str | None:
    """Return the registered suite that asks for most of what measures sections of industry; None: no suite does."""
    found = Counter(row["suites"][0] for row in read.read_isic(snapshot).to_pylist() if row["suites"])
    return found.most_common(1)[0][0] if found else None


def count_section_sources(snapshot: read.Snapshot, choices: Choices) -> dict[str, int]:
    """Return how many figures each source gave to the scales that stand for the sections, the most first."""
    counts: Counter[str] = Counter()
    for scale_id in read_sections(snapshot, choices)["scale_id"].dropna():
        counts.update(frames.count_evidence(snapshot, read.find_scale(snapshot, scale_id), "source"))
    return dict(counts.most_common())


def _describe_section(snapshot: read.Snapshot, row: Row, scales: list[Row], choices: Choices) -> Row:
    blank = frames.show_document(None)
    named = {"section": row["section"], "name": pick_name(row), "short": pick_name(row, "short"), "unit": None}
    found = _find_section_scale(snapshot, scales, choices.evidence)
    if found is None:
        said = say_instruments(row)
        unscored = t("not every subject scored") if row["n_models"] else t("no model scored yet")
        unscored = t("no such evidence") if scales else unscored
        state, guard = ("registered", unscored) if said else ("none", t("no benchmark"))
        return named | blank | {"instruments": said, "state": state, "guard": guard, "evidence": said}
    scale = read.find_scale(snapshot, found["scale_id"])
    question = make_question(choices, scale)
    said, subjects = say_scale(snapshot, found), _list_subjects(found)
    named |= {
        "scale_id": found["scale_id"], "unit": scale["unit"], "state": "measured", "instruments": said,
        "evidence": t("{instruments}: {subjects}", instruments=said, subjects=subjects) if subjects else said,
        "subjects": subjects, "n_items": found["n_items"], "is_weak": found["is_weak"],
    }  # fmt: skip
    try:
        standing = read_standing(snapshot, scale["scale_id"], question)
    except ModelgapError as error:
        return named | blank | {"guard": t("no answer"), "guard_detail": say(read.get_message(error))}
    guard = say_guards(standing["guards"], limit=2, sides=name_sides(snapshot, question)) or None
    return named | {name: standing[name] for name in blank} | {"guard": guard}


def _find_section_scale(snapshot: read.Snapshot, scales: list[Row], evidence: str) -> Row | None:
    """Return the scale that stands for a section, its first one that the evidence admits; None where there is none.

    Where figures of all origins are asked for, our own scores count too: a section may have no others.
    """
    if evidence == PUBLISHED:
        return next(iter(scales), None)
    admitted = {scale["scale_id"] for scale in frames.list_scales(snapshot, evidence)}
    return next((scale for scale in scales if scale["scale_id"] in admitted), None)


def say_scale(snapshot: read.Snapshot, scale: Row) -> str:
    """Return what a section's scale is: an exam with how many of its subjects and items, or a benchmark."""
    if scale["kind"] != "section":
        return name_scale(read.find_scale(snapshot, scale["scale_id"]))
    exams = {row["benchmark"]: pick_name(row) for row in read.list_benchmarks(snapshot).to_pylist()}
    parts = [
        exams[scale["benchmark"]],
        tn("{n} subject", "{n} subjects", len(scale["subjects"])),
        tn("{n} item", "{n} items", scale["n_items"]),
        *([t("measured here")] if scale["evidence"] == "measured" else []),
    ]
    said = t(", ").join(parts)
    return t("{instruments} (weak)", instruments=said) if scale["is_weak"] else said


def _list_subjects(scale: Row) -> str:
    names = zip(scale["subjects_en"], scale["subjects_zh"], strict=True)
    return t(", ").join(pick_name({"name_en": en, "name_zh": zh}) for en, zh in names)


def say_instruments(row: Row) -> str:
    """Return what could measure a section: exam subjects, tasks, benchmarks; for most an exam stands for the work."""
    kinds = (
        tn("{n} exam subject", "{n} exam subjects", row["n_subtasks"]) if row["n_subtasks"] else "",
        tn("{n} task", "{n} tasks", row["n_tasks"]) if row["n_tasks"] else "",
        tn("{n} benchmark", "{n} benchmarks", row["n_benchmarks"]) if row["n_benchmarks"] else "",
    )
    said = t(", ").join(kind for kind in kinds if kind)
    return t("{instruments} (weak)", instruments=said) if said and row["is_weak"] else said
