"""Gap over time: each bloc's record as steps, every model a point, on the scale the reader chooses."""

import streamlit as st

from dashboard.captions import caption_records, say_headline, say_records
from dashboard.charts.records import Axis, plot_records
from dashboard.choices import choose
from dashboard.frames import (
    ALL,
    EVIDENCE,
    find_snapshot,
    list_domains,
    list_scales,
    read_models,
    read_standing,
)
from dashboard.i18n import t
from dashboard.layout import show_chart, show_nothing
from dashboard.words import label_scale, name_scale

snapshot, _ = find_snapshot()
kinds = {"published": t("Published"), "independent": t("Independent only"), "measured": t("Measured here")}
columns = st.columns([0.34, 0.24, 0.42], gap="medium")
with columns[0]:
    options = {name: kinds[name] for name in EVIDENCE}
    evidence = choose(st.segmented_control, "evidence", t("Evidence"), options, EVIDENCE[0], width="stretch")
with columns[1]:
    domain = choose(st.selectbox, "domain", t("Domain"), list_domains(snapshot, evidence), ALL)
scales = {scale["scale_id"]: scale for scale in list_scales(snapshot, evidence, domain)}
if not scales:
    show_nothing(
        t("Nothing was measured here yet that both blocs could be compared on."),
        t("Register an endpoint with a key, then run `modelgap collect` and `modelgap build`."),
    )
    st.stop()
with columns[2]:
    labels = {key: label_scale(scale) for key, scale in scales.items()}
    scale = scales[choose(st.selectbox, "scale", t("Scale"), labels, next(iter(scales)))]

models = read_models(snapshot, scale["scale_id"])
standing = read_standing(snapshot, scale["scale_id"])
first, second = say_headline(standing, scale)
show_chart(
    "records",
    (snapshot.id, scale["scale_id"]),
    lambda: plot_records(models, Axis(scale["unit"], scale["chance_floor"]), caption_records(snapshot, scale)),
    t("Records of both blocs on {scale}. {headline} {more}.", scale=name_scale(scale), headline=first, more=second),
)
st.text(t("{first} {second}. {records}", first=first, second=second, records=say_records(standing, models)))
