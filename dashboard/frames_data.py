"""Sources and benchmarks as readers of the data page see them, by the figures that their choices leave.

Before: every landed score of a snapshot. After: a slim frame of them, what is left of it by domain, evidence and day,
and the tables of sources and benchmarks with counts of just those.
"""

from datetime import date
from typing import Any

import pandas as pd

from dashboard.frames import ALL
from dashboard.frames_claims import find_link
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.questions import PUBLISHED, Choices
from dashboard.words import name_kind, name_origin, name_unit
from warehouse import read

Row = dict[str, Any]
_KEPT = ["benchmark", "model", "source", "origin", "release_date", "known_date", "domain"]


@keep_answers
def read_all_figures(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return every landed score in the few columns that figures are counted by; `known_date`: public from then on."""
    scores = read.read_scores(snapshot).to_pandas()
    domains = {row["benchmark"]: row["domain"] for row in read.list_benchmarks(snapshot).to_pylist()}
    measured = pd.to_datetime(scores["measured_at"], utc=True).dt.date
    known = scores["first_known_date"].where(scores["first_known_date"].notna(), measured)
    return scores.assign(known_date=known, domain=scores["benchmark"].map(domains))[_KEPT]


@keep_answers
def keep_figures(snapshot: read.Snapshot, chosen: Choices) -> pd.DataFrame:
    """Return the figures that domain, evidence and day leave: of models released by then, or public by then."""
    figures = read_all_figures(snapshot)
    kept = pd.Series(True, index=figures.index)
    if chosen.domain != ALL:
        kept &= figures["domain"] == chosen.domain
    if chosen.evidence != PUBLISHED:
        kept &= figures["origin"].isin(chosen.evidence.split(","))
    if chosen.as_of:
        by = "known_date" if chosen.known_then else "release_date"
        kept &= figures[by].map(lambda day: pd.notna(day) and day <= chosen.as_of).astype(bool)
    return figures[kept]


def table_sources(snapshot: read.Snapshot, chosen: Choices, today: date) -> pd.DataFrame:
    """Return the sources, the largest first: whose, what their licence allows, how many figures, how old."""
    counts = _count_by(keep_figures(snapshot, chosen), "source")
    rows = read.read_freshness(snapshot, today)
    if chosen != Choices():
        rows = [row for row in rows if row["source"] in counts]
    rows.sort(key=lambda row: (-_get(counts, row["source"])["n"], row["source"]))
    found = [_get(counts, row["source"]) for row in rows]
    return pd.DataFrame(
        {
            t("Source"): [pick_name(row) for row in rows],
            t("Kind"): [name_kind(row["kind"]) for row in rows],
            t("Figures"): [count["n"] for count in found],
            t("State"): [_say_state(row) for row in rows],
            t("Licence"): [pick_name(row, "licence") or t("none stated") for row in rows],
            t("What it allows"): [_say_terms(row) for row in rows],
            t("Models"): [count["model"] for count in found],
            t("Benchmarks"): [count["benchmark"] for count in found],
            t("Newest figure"): [row["newest_date"] for row in rows],
            t("Retrieved"): [row["retrieved_on"] for row in rows],
            t("Age, days"): [row["retrieved_on"] and (today - row["retrieved_on"]).days for row in rows],
            t("Last checked"): [row["checked_on"] for row in rows],
            t("Attribution"): [pick_name(row, "attribution") for row in rows],
            t("Licence text"): [find_link(row["licence_url"]) for row in rows],
            t("Address"): [find_link(row["url"]) for row in rows],
        }
    ).convert_dtypes()


def say_stale(snapshot: read.Snapshot, today: date) -> str:
    """Return how many sources there are and which are due to be looked at again."""
    rows = read.read_freshness(snapshot, today)
    stale = [pick_name(row) for row in rows if row["is_overdue"] and row["n_scores"]]
    if not stale:
        return t("{n} sources, none of them overdue to be looked at again.", n=len(rows))
    named = t(", ").join(stale[:6]) + (" …" if len(stale) > 6 else "")
    return t("{n} sources, {k} of them overdue to be looked at again: {named}", n=len(rows), k=len(stale), named=named)


def table_benchmarks(snapshot: read.Snapshot, chosen: Choices) -> pd.DataFrame:
    """Return the benchmarks by domain: their measure and chance floor, who scored them, and how many models."""
    figures = keep_figures(snapshot, chosen)
    counts, origins = _count_by(figures, "benchmark"), figures.groupby(["benchmark", "origin"]).size().to_dict()
    domains = {row["domain"]: pick_name(row) for row in read.read_domains(snapshot).to_pylist()}
    rows = read.list_benchmarks(snapshot).to_pylist()
    if chosen != Choices():
        rows = [row for row in rows if row["benchmark"] in counts]
    rows.sort(key=lambda row: (domains[row["domain"]], -_get(counts, row["benchmark"])["n"], row["benchmark"]))
    return pd.DataFrame(
        {
            t("Benchmark"): [pick_name(row) for row in rows],
            t("Domain"): [domains[row["domain"]] for row in rows],
            t("Measure"): [t("share right") if row["unit"] == "fraction" else name_unit(row["unit"]) for row in rows],
            t("Chance floor"): [_say_floor(row) for row in rows],
            t("Models"): [_get(counts, row["benchmark"])["model"] for row in rows],
            t("Figures"): [_get(counts, row["benchmark"])["n"] for row in rows],
            t("Who scored it"): [_say_origins(origins, row["benchmark"]) for row in rows],
            t("ISIC section"): [row["isic"] for row in rows],
            t("Note"): [pick_name(row, "notes") for row in rows],
            t("Address"): [find_link(row["source_url"]) for row in rows],
        }
    )


def _count_by(figures: pd.DataFrame, by: str) -> dict[str, Row]:
    """Return for each source or benchmark its figures `n`, and how many models, benchmarks and sources they are of."""
    grouped = figures.groupby(by)
    others = [name for name in ("model", "benchmark", "source") if name != by]
    return grouped[others].nunique().assign(n=grouped.size()).to_dict("index")


def _get(counts: dict[str, Row], key: str) -> Row:
    return counts.get(key, {"n": 0, "model": 0, "benchmark": 0, "source": 0})


def _say_floor(row: Row) -> str:
    return t("none") if row["chance_floor"] is None else f"{row['chance_floor']:.0%}"


def _say_origins(origins: dict[tuple[str, str], int], benchmark: str) -> str:
    found = sorted(((n, origin) for (name, origin), n in origins.items() if name == benchmark), reverse=True)
    return t(", ").join(f"{name_origin(origin)} {n}" for n, origin in found)


def _say_terms(row: Row) -> str:
    if row["is_shown"] is False:
        return t("checking only: not shown, not passed on")
    if not row["is_redistributable"]:
        return t("shown here, not passed on")
    return t("passing on with attribution")


def _say_state(row: Row) -> str:
    if not row["is_registered"]:
        return t("not registered")
    if row["is_shown"] is False:
        return t("check only, not shown")
    if not row["n_scores"]:
        return t("nothing landed")
    return t("● due again") if row["is_overdue"] else t("current")
