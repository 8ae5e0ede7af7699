"""What the brief says, before anyone lays it out: a title, and blocks in reading order.

Before: a snapshot. After: a `Brief`, whose texts are plain and in the reader's language; its charts are those of
the dashboard, drawn for a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard.answers import read_domain_rows, read_models, read_standing, trace_days
from dashboard.captions import say_headline, say_independent, say_records
from dashboard.chart_catalogue import Asked, read_choices
from dashboard.charts.domains import sort_domains
from dashboard.definitions import list_definitions
from dashboard.export import make_bundle
from dashboard.export.bundle import (
    LICENCE,
    Bundle,
    describe_source,
    make_permalink,
    read_built_at,
    shorten_snapshot,
    tidy,
)
from dashboard.i18n import SOURCE, format_day, get_language, t, tn
from dashboard.questions import Choices
from dashboard.words import name_rule, name_unit
from warehouse import read

Row = dict[str, Any]
OURS = "modelgap"
LAG_SIZE, RECORDS_SIZE = (780, 740), (860, 600)
"""Of the charts in pixels, before they are fitted to the width of a page's text."""


@dataclass(frozen=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Plain text; `is_lead` for the sentence that carries the number."""

    text: str
    is_lead: bool = False


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart of the catalogue."""

    bundle: Bundle


@dataclass(frozen=True)
class Table:
    """Rows of plain cells below their heads; `widths` are shares of the width, `align` l or r a column."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    align: str


@dataclass(frozen=True)
class Terms:
    """A box of terms and what they mean."""

    terms: Sequence[tuple[str, str]]


Block = Heading | Paragraph | Figure | Table | Terms


@dataclass(frozen=True, eq=False)
class Brief:
    """The whole brief: what stands above the blocks, the blocks, and what is printed at the foot of each page."""

    title: str
    dateline: str
    blocks: Sequence[Block]
    footer: str
    language: str
    built_at: datetime


def write_brief(snapshot: read.Snapshot, language: str) -> Brief:
    """Return the brief on a snapshot in the language that `t` answers in."""
    asked = read_choices(snapshot, {})
    scale_id = asked.scale["scale_id"]
    standing = read_standing(snapshot, scale_id, asked.question)
    first, second = say_headline(standing, asked.scale)
    permalink = make_permalink("", {"lang": language} if language != SOURCE else {}, snapshot.id)
    blocks: list[Block] = [
        Paragraph(t("{first} {second}.", first=first, second=second), is_lead=True),
        Paragraph(say_records(standing, read_models(snapshot, scale_id, asked.question))),
        *_list_paragraphs(asked),
        Figure(make_bundle(snapshot, "lag-over-time", {}, language, size=LAG_SIZE)),
        Heading(t("By domain")),
        table_domains(snapshot),
        Figure(make_bundle(snapshot, "records", {}, language, size=RECORDS_SIZE)),
        Heading(t("Citation")),
        Paragraph(_cite(snapshot, permalink)),
        Heading(t("How it was measured")),
        Terms(list_definitions()),
        Heading(t("Sources")),
        *_list_sources(snapshot),
    ]
    day = format_day(snapshot.as_of)
    return Brief(
        title=t("How far domestic language models are behind the frontier"),
        dateline=t("As of {date} · snapshot {snapshot}", date=day, snapshot=shorten_snapshot(snapshot.id)),
        blocks=[block for block in blocks if not isinstance(block, Paragraph) or block.text],
        footer=permalink,
        language=language,
        built_at=read_built_at(snapshot),
    )


def _list_paragraphs(asked: Asked) -> list[Paragraph]:
    """Return what qualifies the headline: the other match rule, the range since 2023, independent figures alone."""
    days = trace_days(asked.snapshot, asked.scale["scale_id"], asked.question)
    found = [_say_other_rule(days), _say_range(days), say_independent(asked.snapshot)]
    # Chinese sentences follow each other without a space.
    joint = " " if get_language() == SOURCE else ""
    return [Paragraph(joint.join(text for text in found if text))] if any(found) else []


def _say_other_rule(days: pd.DataFrame) -> str:
    last = days.dropna(subset=["lag_months"]).groupby("match_rule", sort=False).tail(1)
    others = last[last["match_rule"] != "point"]
    if others.empty or "point" not in set(last["match_rule"]):
        return ""
    row = others.iloc[-1]
    rule = name_rule(row["match_rule"])
    return t("By the other match rule ({rule}) it is {months:.1f} months.", rule=rule, months=row["lag_months"])


def _say_range(days: pd.DataFrame) -> str:
    known = days[(days["match_rule"] == "point") & days["lag_months"].notna()]
    if len(known) < 2:
        return ""
    start = pd.to_datetime(known["date"].iloc[0]).date()
    low, high = known["lag_months"].min(), known["lag_months"].max()
    return t(
        "Since {date} it has been between {low:.1f} and {high:.1f} months, {mean:.1f} on average.",
        date=format_day(start),
        low=low,
        high=high,
        mean=known["lag_months"].mean(),
    )


def table_domains(snapshot: read.Snapshot) -> Table:
    """Return gap and lag with their 90% intervals, a row a domain, or why a number is withheld."""
    rows = []
    for row in sort_domains(read_domain_rows(snapshot, Choices())).to_dict("records"):
        has_gap, has_lag = pd.notna(row["gap_points"]), pd.notna(row["lag_months"])
        withheld = tidy(row.get("guard") or t("not measured"))
        unit = name_unit(row["unit"]) if has_gap else ""
        gap = t("{points:.1f} {unit}", points=row["gap_points"], unit=unit) if has_gap else withheld
        lag = t("{months:.1f} months", months=row["lag_months"]) if has_lag else "–"
        gap += _say_interval(row["gap_ci90_low"], row["gap_ci90_high"]) if has_gap else ""
        lag += _say_interval(row["lag_ci90_low"], row["lag_ci90_high"]) if has_lag else ""
        rows.append((tidy(row["name"]), tidy(row["evidence"]), gap, lag))
    heads = (t("Domain"), t("Rests on"), t("Gap (90% interval)"), t("Lag (90% interval)"))
    return Table(heads, rows, (0.17, 0.235, 0.385, 0.21), "llll")


def _say_interval(low: float | None, high: float | None) -> str:
    return t(" ({low:.1f} to {high:.1f})", low=low, high=high) if pd.notna(low) and pd.notna(high) else ""


def _list_sources(snapshot: read.Snapshot) -> list[Block]:
    """Return the table of sources, the largest first and the vendors in one row, and below it the vendors by name."""
    rows = [row for row in read.list_sources(snapshot).to_pylist() if row["n_scores"]]
    rows.sort(key=lambda row: (-row["n_scores"], row["source"]))
    vendors = [row for row in rows if row["kind"] == "vendor"]
    cells = [_show_source(row) for row in rows if row["kind"] != "vendor"]
    heads = (t("Source"), t("Licence"), t("Figures"), t("Newest figure"))
    widths = (0.32, 0.41, 0.11, 0.16)
    if not vendors:
        return [Table(heads, cells, widths, "llrr")]
    n_scores = sum(row["n_scores"] for row in vendors)
    cells.append(
        (tn("publications of {n} vendor", "publications of {n} vendors", len(vendors)), "", f"{n_scores:,}", "")
    )
    names = t("; ").join(row["attribution"] or row["name"] for row in map(describe_source, vendors))
    return [Table(heads, cells, widths, "llrr"), Paragraph(t("Vendors' publications: {names}.", names=names))]


def _show_source(row: Row) -> tuple[str, str, str, str]:
    known = describe_source(row)
    newest: date | None = row["newest_date"]
    licence = tidy(known["licence"] or t("no licence stated"))
    licence = LICENCE if row["source"] == OURS else licence
    return known["name"], licence, f"{row['n_scores']:,}", newest.isoformat() if newest else ""


def _cite(snapshot: read.Snapshot, permalink: str) -> str:
    return t(
        'modelgap, "How far domestic language models are behind the frontier", as of {date}, snapshot {snapshot}, '
        "{address}. Text and figures: {licence}; the sources' own licences are named below.",
        date=format_day(snapshot.as_of),
        snapshot=shorten_snapshot(snapshot.id),
        address=permalink,
        licence=LICENCE,
    )
