"""Claims: each public statement on the gap, held against the measured series, with its evidence."""

from collections import Counter
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.bar import show_bar
from dashboard.captions_more import caption_claims
from dashboard.charts.claims import plot_claims
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_claims import (
    VERDICTS,
    VIEWS,
    judge_claim,
    keep_claims,
    list_claims,
    name_terms,
    name_verdict,
    name_view,
    read_line,
    read_months,
    say_measured,
    say_range,
    table_claims,
    table_evidence,
)
from dashboard.i18n import format_day, pick_name, t
from dashboard.layout import answer_or_explain, fit_width, show_chart, show_nothing, show_table
from dashboard.questions import DOMESTIC, FRONTIER, Choices, list_evidence, list_matches
from dashboard.words import name_kind, say
from warehouse import read

Row = dict[str, Any]
ALL = "all"
WIDTHS, ROW_HEIGHT = (46, 92, 170, 420, 108, 92, 200, 118, 108), 66
"""Pixels of the table's columns; the last, the link, takes what it needs. Rows of more than 64 let texts run on."""


def say_counts(claims: list[Row], *, by_then: bool) -> str:
    """Return how many claims have which verdict, by the figures of which day."""
    counts = Counter(row["verdict"] for row in claims)
    judged = {
        False: t("each judged for the day it speaks of by today's figures"),
        True: t("each judged for the day it speaks of by the figures public when it was made"),
    }
    return t(
        "Of {n} public claims the figures support {supported}, contradict {contradicted}, and leave {undetermined} "
        "open, {judged}.",
        n=len(claims), judged=judged[by_then], **{verdict: counts[verdict] for verdict in VERDICTS},
    )  # fmt: skip


def choose_claim(claims: list[Row]) -> Row:
    """Return the claim that the reader chose among those of one verdict, having listed them all."""
    counts = Counter(row["verdict"] for row in claims)
    options = {ALL: t("all {n}", n=len(claims))} | {
        verdict: t("{verdict} {n}", verdict=name_verdict(verdict), n=counts[verdict]) for verdict in VERDICTS
    }
    verdict = choose(st.segmented_control, "verdict", t("Verdict"), options, ALL)
    shown = [row for row in claims if verdict in (ALL, row["verdict"])]
    if not shown:
        show_nothing(t("No claim has this verdict."), t("Choose another."))
        st.stop()
    frame = table_claims(shown)
    columns = {
        title: st.column_config.Column(width=width) for title, width in zip(frame.columns, WIDTHS, strict=False)
    } | {frame.columns[-1]: st.column_config.LinkColumn(display_text=t("open"))}  # fmt: skip
    height = min(40 + ROW_HEIGHT * len(shown), 436)
    show_table(frame, height=height, row_height=ROW_HEIGHT, alt=t("Claims with their verdicts"), column_config=columns)
    numbers = {
        row["claim"]: t("{number}. {who}", number=row["number"], who=pick_name(row, "claimant")) for row in shown
    }
    chosen = choose(st.selectbox, "claim", t("Claim"), numbers, shown[0]["claim"])
    return next(row for row in shown if row["claim"] == chosen)


def show_claim(claim: Row) -> None:
    """Show what was said, by whom, when, and where it can be read."""
    st.text(t("“{statement}”", statement=pick_name(claim, "statement")))
    said = t(
        "{who}, {date}, {kind} source",
        who=pick_name(claim, "claimant"),
        date=format_day(claim["claim_date"]),
        kind=name_kind(claim["source_kind"]),
    )
    note = pick_name(claim, "date_note")
    st.text(t("{said}; {note}", said=said, note=note) if note else said)
    if claim["link"]:
        st.link_button(t("Open the source"), claim["link"])
    else:
        st.text(t("Source: {source}", source=claim["source_url"]))


def show_views(snapshot: read.Snapshot, views: Row) -> None:
    """Show a claim's verdict in each view with its reason, and the models it rests on."""
    names = name_terms(snapshot)
    for column, name in zip(st.columns(len(VIEWS), gap="medium"), VIEWS, strict=True):
        view = views[name]
        with column.container(border=True, height="stretch"):
            st.caption(name_view(name))
            st.text(t("{verdict}: {reason}", verdict=name_verdict(view["verdict"]), reason=say(view["reason"], names)))
            claimed = say_range(view["claimed"])
            if claimed and view["value"] is None:
                st.text(t("Claimed {claimed}; not measured.", claimed=claimed))
            elif claimed:
                st.text(t("Claimed {claimed}; measured {measured}.", claimed=claimed, measured=say_measured(view)))
            if view["reading"]:
                st.text(t("How it was read: {reading}", reading=say(view["reading"])))
            for note in [*view["guards"], *view["notes"]]:
                st.text(t("Note: {note}", note=say(note, names)))
    evidence = table_evidence(snapshot, views["evidence"])
    if len(evidence):
        link = {evidence.columns[-1]: st.column_config.LinkColumn(display_text=t("open"))}
        show_table(evidence, column_config=link, alt=t("Models that the verdicts rest on"))


def say_terms(chosen: Choices) -> str:
    """Return by which rule and evidence the verdicts below stand, where the reader chose other ones."""
    rule, evidence = list_matches()[chosen.match], list_evidence(chosen.evidence)[chosen.evidence]
    return t(
        "Below, judged by your choices: {rule}; {evidence}. The table and the marks above stay as every claim is "
        "judged: as good or better, all published figures.",
        rule=rule, evidence=evidence,
    )  # fmt: skip


snapshot, _ = find_snapshot()
if not list_claims(snapshot):
    show_nothing(t("No public claim is registered."), t("Add some to registry/claims.yaml, then `modelgap build`."))
    st.stop()
chosen, _ = show_bar(snapshot, ("domain", "evidence", "match", "as_of", "known"))
chosen = replace(chosen, domestic=DOMESTIC, frontier=FRONTIER)
claims = keep_claims(snapshot, chosen)
if not claims:
    show_nothing(t("No public claim of this domain was made by this day."), t("Choose another domain or day."))
    st.stop()
st.text(say_counts(claims, by_then=chosen.known_then))
months = read_months(snapshot, chosen)
if len(months):
    days = answer_or_explain(read_line, snapshot, chosen)
    show_chart(
        "claims",
        (snapshot.id, *chosen.get_key()),
        lambda: plot_claims(months, days, caption_claims(snapshot, chosen), width=fit_width(1120)),
        t("Claimed and measured months of {n} claims, with the standing lag.", n=len(months)),
        offer=lambda: offer_downloads(snapshot, "claims", chosen),
    )
claim = choose_claim(claims)
show_claim(claim)
judged = answer_or_explain(judge_claim, snapshot, claim["claim"], chosen)
if judged:
    st.text(say_terms(chosen))
show_views(snapshot, judged or claim)
