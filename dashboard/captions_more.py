"""Captions of the figures on the pages about cost, comparison, claims, landscape, video and runs.

Before: a snapshot and what is shown of it. After: captions in plain words; whoever shows them escapes them.
"""

from collections import Counter
from datetime import date
from typing import Any

from dashboard.answers import count_figures
from dashboard.captions import say_evidence, say_question, say_sources
from dashboard.charts.anatomy import Caption
from dashboard.frames_claims import find_line_scale
from dashboard.frames_efficiency import count_costed
from dashboard.i18n import t
from dashboard.questions import Choices, make_question
from dashboard.words import name_rule, name_scale
from warehouse import read

Row = dict[str, Any]


def caption_cost(snapshot: read.Snapshot, scale: Row, question: read.Question, by: str) -> Caption:
    """Return the caption of scores against size or price."""
    titles = {
        "size": t("{scale}: the best for at most so many parameters", scale=name_scale(scale)),
        "active": t("{scale}: the best for at most so many active parameters", scale=name_scale(scale)),
        "price": t("{scale}: the best for at most so many dollars", scale=name_scale(scale)),
    }
    counts = count_costed(snapshot, question, by)
    known = t(
        "known of {domestic} of {all_domestic} domestic and {frontier} of {all_frontier} frontier models",
        domestic=counts["domestic"][0],
        all_domestic=counts["domestic"][1],
        frontier=counts["frontier"][0],
        all_frontier=counts["frontier"][1],
    )
    measure = t("price") if by == "price" else t("size")
    evidence = " · ".join([*say_question(snapshot, question), say_evidence(snapshot, scale, question)])
    return Caption(
        title=titles[by],
        subtitle=t("{measure} {known} · {evidence}", measure=measure, known=known, evidence=evidence),
        sources=say_sources(snapshot, count_figures(snapshot, scale, question, "source")),
        definition=t("a bloc that does not tell its models' sizes or prices looks less efficient than it is"),
        as_of=question.as_of or question.vintage or snapshot.as_of,
        snapshot=snapshot.id,
    )


def caption_compare(snapshot: read.Snapshot, comparison: read.Comparison, names: tuple[str, str]) -> Caption:
    """Return the caption of the differences of two models or cohorts, benchmark by benchmark."""
    counts = Counter(source for row in comparison.rows for source in row.figures["source"].split(" / "))
    n_paired = sum(row.basis == "items" for row in comparison.rows)
    subtitle = t(
        "First minus second, percentage points, 90% intervals where they are known · {n} benchmarks, {paired} paired",
        n=len(comparison.rows), paired=n_paired,
    )  # fmt: skip
    definitions = {
        "model": t("paired: on the items that both answered, run here or imported; else the difference of two figures"),
        "cohort": t(
            "each cohort's best score, by the models named below the benchmark; what a guard withholds is left out"
        ),
    }
    return Caption(
        title=t("{a} against {b}", a=names[0], b=names[1]),
        subtitle=subtitle,
        sources=say_sources(snapshot, dict(counts.most_common())),
        definition=definitions[comparison.kind],
        as_of=comparison.as_of or snapshot.as_of,
        snapshot=snapshot.id,
    )


ALL_FIGURES = {"unit": "index", "domain": None, "origins": None}
"""What the capability index rests on, also where too little has landed to fit one."""


def count_behind(snapshot: read.Snapshot, chosen: Choices) -> dict[str, int]:
    """Return how many figures each source gave to the line behind the claims, the most first."""
    scale = find_line_scale(snapshot, chosen)
    question = make_question(chosen, scale) if scale else None
    return count_figures(snapshot, scale or ALL_FIGURES, question, "source")


def caption_claims(snapshot: read.Snapshot, chosen: Choices = Choices()) -> Caption:
    """Return the caption of the claims in months, with what the line behind them stands on."""
    scale = find_line_scale(snapshot, chosen)
    views = {
        False: t("measured for the day they speak of, by today's figures"),
        True: t("measured for the day they speak of, by the figures public on the day of the claim"),
    }
    subtitle = t(
        "Months behind, claims by the day they were made; {view}, 90% intervals", view=views[chosen.known_then]
    )
    if scale:
        question = make_question(chosen, scale)
        line = " · ".join([name_scale(scale), name_rule(question.match), *say_question(snapshot, question)])
        subtitle += t(" · line: standing lag, {line}", line=line)
    return Caption(
        title=t("What was claimed, and what is measured"),
        subtitle=subtitle,
        sources=say_sources(snapshot, count_behind(snapshot, chosen)),
        definition=t("contradicted: the interval and the other match rule exclude the claimed range as well"),
        as_of=chosen.as_of or snapshot.as_of,
        snapshot=snapshot.id,
    )


def caption_landscape(snapshot: read.Snapshot, as_of: date | None = None) -> Caption:
    """Return the caption of the counts of models and services by a day."""
    rows = [row for row in read.read_landscape(snapshot).to_pylist() if as_of is None or row["count_date"] <= as_of]
    return Caption(
        title=t("How many models and services"),
        subtitle=t("{n} counts in {series} series, each of its own thing", n=len(rows), series=_count_series(rows)),
        sources=t("{n} publications, linked in the table; this registry", n=len({row["source_url"] for row in rows})),
        definition=t("series are neither summed nor chained; an arrow is a lower bound"),
        as_of=as_of or snapshot.as_of,
        snapshot=snapshot.id,
    )


def _count_series(rows: list[Row]) -> int:
    return len({row["series"] for row in rows})


def caption_outcomes(snapshot: read.Snapshot) -> Caption:
    """Return the caption of how calls ended."""
    return Caption(
        title=t("How calls ended"),
        subtitle=t("Share of calls, newest runs first · light: answered, grey: no usable answer, dark: failed"),
        sources=t("our own runs"),
        definition=t("a failure of the endpoint is never counted as a wrong answer"),
        as_of=snapshot.as_of,
        snapshot=snapshot.id,
    )


def caption_drift(snapshot: read.Snapshot, endpoint: str) -> Caption:
    """Return the caption of an endpoint's scores over time."""
    return Caption(
        title=t("{endpoint} against itself", endpoint=endpoint),
        subtitle=t("Score in percent by task, complete runs only, 90% intervals"),
        sources=t("our own runs"),
        definition=t("drift: what changes between runs under one protocol, beyond chance"),
        as_of=snapshot.as_of,
        snapshot=snapshot.id,
    )
