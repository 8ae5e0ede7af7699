"""Trace lag and points gap day by day, and answer every standing question once for all readers.

Before: a scale and two cohorts. After: one row a day, with intervals and the guards of that day; at build time, for the
scales that pages open with, rows of `lag_series` and documents of `gap_document`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa

from warehouse.gaps import Question, choose_rules, load_question, measure_gap, read_cohorts
from warehouse.panels import Source
from warehouse.phrases import dump_phrases
from warehouse.stats.bootstrap import take_bounds
from warehouse.stats.guards import trace_guards
from warehouse.stats.lag import trace_lag
from warehouse.stats.match import POINT, MatchRule
from warehouse.stats.panel import Panel, count_day
from warehouse.stats.path import trace_path

START = date(2023, 1, 1)
SERIES = pa.schema(
    [
        ("date", pa.date32()),
        ("match_rule", pa.string()),
        *((name, pa.float64()) for name in ("standing_months", "record_months")),
        *((f"ci{level}_{side}", pa.float64()) for level in (90, 95) for side in ("low", "high")),
        *((name, pa.float64()) for name in ("share_domestic_leads", "gap_points", "gap_ci90_low", "gap_ci90_high")),
        ("guards", pa.list_(pa.string())),
    ]
)


def measure_series(source: Source, question: Question, *, start: date = START, other_rule: bool = False) -> pa.Table:
    """Return a row a day (schema `SERIES`) from `start` to the question's day, by its match rule or by the other one.

    Every day is judged by the figures the question admits, as of that day: models released by then. Numbers stand on
    guarded days too; `guards` names the reasons not to show them. NULL before both cohorts have a model.
    """
    data = load_question(source, question)
    panel, n_benchmarks = data.make_panel(*read_cohorts(source, question))
    end = question.as_of or question.vintage or source.as_of
    rule = choose_rules(question.match, data, panel)[int(other_rule)]
    rests_on = n_benchmarks if data.scale["unit"] == "index" else None
    guards = trace_guards(panel, start, end, data.scale["chance_floor"], data.scale["ceiling"], rests_on)
    columns = {**_trace_lag(panel, start, end, rule), **_trace_points(panel, start, end)}
    columns["guards"] = [sorted({guard.code for guard in day}) for day in guards]
    return pa.table([pa.array(columns[name], type=kind) for name, kind in _fields()], schema=SERIES)


def list_standing_questions(source: Source) -> Iterator[tuple[str, Question]]:
    """Return the scales that pages open with, and the question each answers: indices, domains, sections of ISIC."""
    for row in source.rows("SELECT scale_id FROM scale WHERE kind = 'index' ORDER BY scale_id"):
        yield row["scale_id"], Question(index=row["scale_id"])
    for row in source.rows("SELECT domain, scale_id FROM domain_scale ORDER BY domain"):
        yield row["scale_id"], Question(domain=row["domain"])
    # A benchmark may stand for a domain too, and is answered there.
    for row in source.rows("FROM isic_scale WHERE preference = 1 AND kind = 'section' ORDER BY section"):
        yield row["scale_id"], Question(isic=row["section"])


def answer_standing_questions(source: Source) -> tuple[list[dict], list[pa.Table]]:
    """Return each standing question's documents, with and without guards, and its daily series, by both rules."""
    documents, series = [], []
    for scale_id, question in list_standing_questions(source):
        for guards in (True, False):
            document = measure_gap(source, replace(question, guards=guards)).to_document()
            documents.append({"scale_id": scale_id, "has_guards": guards, "document": dump_phrases(document)})
        for other_rule in (False, True):
            rows = measure_series(source, question, other_rule=other_rule)
            named = pa.array([scale_id] * len(rows), type=pa.string()), pa.array([other_rule] * len(rows))
            series.append(rows.append_column("scale_id", named[0]).append_column("is_other_rule", named[1]))
    return documents, series


def _trace_lag(panel: Panel, start: date, end: date, rule: MatchRule) -> dict:
    series = trace_lag(panel, start, end, rule)
    columns = {
        "date": series.dates.astype(object),
        "match_rule": [series.match_rule] * len(series.dates),
        "standing_months": _blank(series.standing_months),
        "record_months": _blank(series.record_months),
        "share_domestic_leads": _blank(series.share_domestic_leads, len(series.dates)),
    }
    for level, bounds in ((90, series.ci90), (95, series.ci95)):
        for side, name in enumerate(("low", "high")):
            columns[f"ci{level}_{name}"] = _blank(None if bounds is None else bounds[:, side], len(series.dates))
    return columns


def _trace_points(panel: Panel, start: date, end: date) -> dict:
    """Return the points gap of every day: it changes on release days only."""
    days = np.arange(count_day(start), count_day(end) + 1)
    changes = np.unique(np.append(panel.days, days[0]))
    points = trace_path(panel, changes, POINT).points
    low, high = take_bounds(points[1:], 0.90) if len(points) > 1 else (None, None)
    at = np.searchsorted(changes, days, side="right") - 1
    return {
        "gap_points": _blank(points[0][at]),
        "gap_ci90_low": _blank(None if low is None else low[at], len(days)),
        "gap_ci90_high": _blank(None if high is None else high[at], len(days)),
    }


def _blank(values: np.ndarray | None, length: int = 0) -> pa.Array:
    """Return values with NULL for what is not defined."""
    if values is None:
        return pa.nulls(length, pa.float64())
    return pa.array(np.asarray(values, dtype=float), mask=~np.isfinite(values))


def _fields() -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in SERIES]
