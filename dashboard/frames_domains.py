"""The gap by domain and quarter, and by section of industry: the frames of the page on domains and industries.

Before: a snapshot and the reader's choices. After: a row a domain and quarter, or a section; a number that a guard
withholds is None, with the reason.
"""

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
    "section", "name", "unit", "instruments", "state", "gap_points", "gap_ci90_low", "gap_ci90_high", "lag_months",
    "lag_ci90_low", "lag_ci90_high", "guard", "guard_detail",
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

    `state`: measured (there is a gap, or a guard withholds it), registered (subjects or benchmarks measure it, none
    with a scale of its own yet) or none (nothing measures it).
    """
    rows = read.read_isic(snapshot).to_pylist()
    return pd.DataFrame([_describe_section(snapshot, row, choices) for row in rows], columns=SECTION)


def _describe_section(snapshot: read.Snapshot, row: Row, choices: Choices) -> Row:
    blank = frames.show_document(None)
    named = {"section": row["section"], "name": pick_name(row), "unit": None, "instruments": say_instruments(row)}
    scale = _find_section_scale(snapshot, row, choices.evidence)
    if scale is None:
        counts = row["n_subtasks"] + row["n_tasks"] + row["n_benchmarks"]
        unscored = t("no such evidence") if row["n_models"] else t("no model scored yet")
        state, guard = ("registered", unscored) if counts else ("none", t("no benchmark"))
        return named | blank | {"state": state, "guard": guard}
    question = make_question(choices, scale)
    named |= {"unit": scale["unit"], "state": "measured", "instruments": name_scale(scale)}
    try:
        standing = read_standing(snapshot, scale["scale_id"], question)
    except ModelgapError as error:
        return named | blank | {"guard": t("no answer"), "guard_detail": say(read.get_message(error))}
    guard = say_guards(standing["guards"], limit=2, sides=name_sides(snapshot, question)) or None
    return named | {name: standing[name] for name in blank} | {"guard": guard}


def _find_section_scale(snapshot: read.Snapshot, row: Row, evidence: str) -> Row | None:
    """Return the widest scale of a benchmark that measures a section, None where there is none."""
    scales = frames.list_scales(snapshot, evidence)
    return next((scale for scale in scales if scale["benchmark"] in row["instruments"] and scale["n_models"]), None)


def say_instruments(row: Row) -> str:
    """Return what measures a section: exam subjects, tasks, benchmarks; for most an exam stands in for the work."""
    kinds = (
        tn("{n} exam subject", "{n} exam subjects", row["n_subtasks"]) if row["n_subtasks"] else "",
        tn("{n} task", "{n} tasks", row["n_tasks"]) if row["n_tasks"] else "",
        tn("{n} benchmark", "{n} benchmarks", row["n_benchmarks"]) if row["n_benchmarks"] else "",
    )
    said = t(", ").join(kind for kind in kinds if kind)
    return t("{instruments} (weak)", instruments=said) if said and row["is_weak"] else said
