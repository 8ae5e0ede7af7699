"""Overview: the number, how sure, in which domains, by whose measurement."""

import streamlit as st

from dashboard.captions import caption_domains, caption_lag, say_headline, say_records
from dashboard.charts.domains import plot_domains
from dashboard.charts.lag_over_time import plot_lag
from dashboard.frames import find_snapshot, list_scales, read_days, read_domain_rows, read_models, read_standing
from dashboard.i18n import t
from dashboard.layout import show_chart, show_nothing

HEIGHT = 675

snapshot, _ = find_snapshot()
scales = list_scales(snapshot)
if not scales:
    show_nothing(
        t("No score has landed yet."), t("Run `make pipeline`, or `modelgap import published` and `modelgap build`.")
    )
    st.stop()

scale = scales[0]
models = read_models(snapshot, scale["scale_id"])
standing = read_standing(snapshot, scale["scale_id"])
first, second = say_headline(standing, scale)
with st.container(gap="xxsmall"):
    st.markdown(f"### {first}")
    st.markdown(t("{sentence}.", sentence=second))
    st.text(say_records(standing, models))

left, right = st.columns([0.58, 0.42], gap="medium")
with left:
    show_chart(
        "lag-over-time",
        (snapshot.id, scale["scale_id"]),
        lambda: plot_lag(read_days(snapshot, scale), caption_lag(snapshot, scale), width=780, height=HEIGHT),
        t("Months behind over time. {headline} {more}.", headline=first, more=second),
    )
with right:
    show_chart(
        "domains",
        (snapshot.id,),
        lambda: plot_domains(read_domain_rows(snapshot), caption_domains(snapshot), width=560, height=HEIGHT),
        t("Gap in points and lag in months, domain by domain, with the reason where a number is withheld."),
    )
