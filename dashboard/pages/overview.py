"""Overview: the number, how sure, in which domains, by whose measurement."""

import streamlit as st

from dashboard.captions import caption_domains, caption_records, say_evidence, say_headline
from dashboard.charts.domains import plot_domains
from dashboard.charts.records import Axis, plot_records
from dashboard.frames import find_snapshot, list_scales, read_domain_rows, read_models, read_standing
from dashboard.i18n import t
from dashboard.layout import show_chart, show_nothing

snapshot, _ = find_snapshot()
scales = list_scales(snapshot)
if not scales:
    show_nothing(
        t("No score has landed yet."), t("Run `make pipeline`, or `modelgap import published`, then `modelgap build`.")
    )
    st.stop()

scale = scales[0]
models = read_models(snapshot, scale["scale_id"])
standing = read_standing(snapshot, scale)
first, second = say_headline(standing, scale)
st.markdown(f"### {first} :gray[— {second}]")
st.text(say_evidence(standing, scale, models))

left, right = st.columns([0.58, 0.42], gap="medium")
with left:
    axis = Axis(scale["unit"], scale["chance_floor"])
    figure = plot_records(models, axis, caption_records(snapshot, scale, models), width=800, height=600)
    show_chart(figure, "records", t("Records of both blocs by release date. {headline}.", headline=first))
with right:
    rows = read_domain_rows(snapshot)
    figure = plot_domains(rows, caption_domains(snapshot, rows), width=570, height=600)
    show_chart(figure, "domains", t("Gap in points and lag in months of {n} domains.", n=len(rows)))
