"""Claims: each public statement on the gap, held against the measured series, with its evidence."""

from collections import Counter

import streamlit as st

from dashboard.captions_more import caption_claims
from dashboard.charts.claims import plot_claims
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_claims import (
    VERDICTS,
    VIEWS,
    list_claims,
    name_terms,
    name_verdict,
    name_view,
    read_months,
    read_standing_days,
    say_measured,
    say_range,
    table_claims,
    table_evidence,
)
from dashboard.i18n import format_day, pick_name, t
from dashboard.layout import fit_width, show_chart, show_nothing, show_table
from dashboard.words import name_kind, say

ALL = "all"
WIDTHS = (46, 92, 170, 320, 108, 92, 250, 118, 108)
"""Pixels of the table's columns; the last, the link, takes what it needs."""

snapshot, _ = find_snapshot()
claims = list_claims(snapshot)
if not claims:
    show_nothing(t("No public claim is registered."), t("Add some to registry/claims.yaml, then `modelgap build`."))
    st.stop()
counts = Counter(row["verdict"] for row in claims)
st.text(
    t(
        "Of {n} public claims the figures support {supported}, contradict {contradicted}, and leave {undetermined} "
        "open, each judged for the day it speaks of by today's figures.",
        n=len(claims),
        **{verdict: counts[verdict] for verdict in VERDICTS},
    )
)
if len(read_months(snapshot)):
    show_chart(
        "claims",
        (snapshot.id,),
        lambda: plot_claims(
            read_months(snapshot), read_standing_days(snapshot), caption_claims(snapshot), width=fit_width(1360)
        ),
        t("Claimed and measured months of {n} claims, with the standing lag.", n=len(read_months(snapshot))),
        offer=lambda: offer_downloads(snapshot, "claims", {}),
    )
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
show_table(
    frame, height=min(38 + 36 * len(shown), 420), alt=t("Claims with their verdicts"),
    column_config=columns,
)  # fmt: skip

numbers = {row["claim"]: t("{number}. {who}", number=row["number"], who=pick_name(row, "claimant")) for row in shown}
chosen = choose(st.selectbox, "claim", t("Claim"), numbers, shown[0]["claim"])
claim = next(row for row in shown if row["claim"] == chosen)
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
names = name_terms(snapshot)
for column, name in zip(st.columns(len(VIEWS), gap="medium"), VIEWS, strict=True):
    view = claim[name]
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
evidence = table_evidence(snapshot, claim)
if len(evidence):
    link = {evidence.columns[-1]: st.column_config.LinkColumn(display_text=t("open"))}
    show_table(evidence, column_config=link, alt=t("Models that the verdicts rest on"))
