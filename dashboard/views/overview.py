"""Overview: the number, how sure, in which domains, by whose measurement; what changed lately."""

from dataclasses import replace

import streamlit as st

from dashboard.answers import list_behind, read_domain_rows, read_models, read_standing, trace_days
from dashboard.bar import show_bar
from dashboard.captions import caption_lag, say_headline, say_independent, say_records
from dashboard.captions_domains import caption_domains
from dashboard.charts.domains import plot_domains
from dashboard.charts.lag_over_time import plot_lag
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_changes import list_changes
from dashboard.frames_said import count_verdicts, read_lag_claims, table_verdicts
from dashboard.i18n import t
from dashboard.layout import (
    answer_or_explain,
    fit_width,
    link_figures,
    show_changes,
    show_chart,
    show_heading,
    show_nothing,
    show_table,
)
from dashboard.questions import ALL, is_standing, make_question, name_sides

HEIGHT = 584
WIDTHS, TALL_ROW = (110, 90, 250, 800), 66
"""Of the table of claims, in pixels: rows of more than 64 let a long text run on over their lines."""

snapshot, _ = find_snapshot()
choices, scale = show_bar(snapshot)
if scale is None:
    show_nothing(
        t("No score has landed yet that these choices admit."),
        t("Run `make pipeline`, or `modelgap import published` and `modelgap build`; or choose other evidence."),
    )
    st.stop()

question = make_question(choices, scale)
standing = answer_or_explain(read_standing, snapshot, scale["scale_id"], question)
if standing is None:
    st.stop()
models = read_models(snapshot, scale["scale_id"], question)
days = answer_or_explain(trace_days, snapshot, scale["scale_id"], question)
if days is None:
    st.stop()
claims = read_lag_claims(snapshot, scale["domain"])
first, second = say_headline(standing, scale, name_sides(snapshot, question))
with st.container(gap="xxsmall"):
    show_heading(first.rstrip(t(",")))
    said = t("{sentence}. {records}", sentence=second, records=say_records(standing, models))
    beside = say_independent(snapshot) if scale["scale_id"] == "index" and is_standing(question) else ""
    st.text(t("{said} {more}", said=said, more=beside) if beside else said)
    link_figures(list_behind(snapshot, standing), t("The figures behind:"))

left, right = st.columns([0.51, 0.49], gap="medium")
with left:
    show_chart(
        "lag-over-time",
        (snapshot.id, scale["scale_id"], *choices.get_key()),
        lambda: plot_lag(
            days, caption_lag(snapshot, scale, question), claims=claims, width=fit_width(560), height=HEIGHT
        ),
        t("Months behind over time. {headline} {more}.", headline=first, more=second),
        offer=lambda: offer_downloads(snapshot, "lag-over-time", choices),
    )
with right:
    for_all = replace(choices, domain=ALL, scale_id=None)
    rows = answer_or_explain(read_domain_rows, snapshot, for_all)
    if rows is not None:
        show_chart(
            "domains",
            (snapshot.id, *for_all.get_key()),
            lambda: plot_domains(rows, caption_domains(snapshot, for_all), width=fit_width(540), height=HEIGHT),
            t("Gap in points and lag in months, domain by domain, with the reason where a number is withheld."),
            offer=lambda: offer_downloads(snapshot, "domains", for_all),
        )

st.subheader(t("New in the last 30 days of evidence"), anchor=False)
changes = answer_or_explain(list_changes, snapshot, scale["scale_id"], question)
if changes is not None:
    show_changes(changes)

verdicts = answer_or_explain(count_verdicts, snapshot)
if verdicts:
    st.subheader(t("Public claims, held against the data"), anchor=False)
    counts = t(", ").join(t("{n} {verdict}", n=n, verdict=name) for name, n in verdicts.items())
    st.text(t("{counts}. The newest:", counts=counts))
    newest = table_verdicts(snapshot)
    columns = {title: st.column_config.Column(width=width) for title, width in zip(newest, WIDTHS, strict=True)}
    show_table(
        newest, row_height=TALL_ROW, column_config=columns,
        alt=t("The newest claims with their verdicts"),
    )  # fmt: skip
