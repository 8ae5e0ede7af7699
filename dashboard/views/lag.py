"""Lag: months behind over time by two match rules beside public claims; how long each frontier record waited."""

import streamlit as st

from dashboard.answers import read_standing, read_waits, trace_days
from dashboard.bar import show_bar
from dashboard.captions import caption_catch_up, caption_lag, say_headline
from dashboard.charts.catch_up import plot_catch_up
from dashboard.charts.lag_over_time import plot_lag
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_said import read_lag_claims, table_lag_claims
from dashboard.i18n import t
from dashboard.layout import answer_or_explain, fit_width, show_chart, show_nothing, show_table
from dashboard.questions import make_question, name_sides
from dashboard.words import say_guards

snapshot, _ = find_snapshot()
choices, scale = show_bar(snapshot)
if scale is None:
    show_nothing(t("No scale has such evidence."), t("Choose other evidence, or collect some with `modelgap collect`."))
    st.stop()

question = make_question(choices, scale)
standing = answer_or_explain(read_standing, snapshot, scale["scale_id"], question)
if standing is None:
    st.stop()
identity = (snapshot.id, scale["scale_id"], *choices.get_key())
days = answer_or_explain(trace_days, snapshot, scale["scale_id"], question)
if days is None:
    st.stop()
claims = read_lag_claims(snapshot, scale["domain"])
first, second = say_headline(standing, scale, name_sides(snapshot, question))
show_chart(
    "lag-over-time",
    (*identity, "wide"),
    lambda: plot_lag(days, caption_lag(snapshot, scale, question), claims=claims, width=fit_width(1120), height=560),
    t("Months behind over time. {headline} {more}.", headline=first, more=second),
    offer=lambda: offer_downloads(snapshot, "lag-over-time", choices),
)
st.text(t("{first} {second}.", first=first, second=second))
if len(claims):
    with st.expander(t("The claims that are marked")):
        link = st.column_config.LinkColumn(display_text=t("open"))
        show_table(table_lag_claims(claims), column_config={t("Read it"): link}, alt=t("Claims on the lag"))

waits, total = read_waits(snapshot, question)
if len(waits):
    show_chart(
        "catch-up",
        identity,
        lambda: plot_catch_up(waits, caption_catch_up(snapshot, scale, question, total), width=fit_width(1120)),
        t("Each frontier record from its release to its first domestic match, or open-ended."),
        offer=lambda: offer_downloads(snapshot, "catch-up", choices),
    )
else:
    reason = say_guards(total["guards"], sides=name_sides(snapshot, question)) or t(
        "the frontier cohort has no record by this day"
    )
    show_nothing(t("No waits are stated: {reason}.", reason=reason), t("Choose a wider scale or another day."))
