"""Gap over time: each cohort's record as steps, every model a point, on the scale and as of the day of one's choice."""

import streamlit as st

from dashboard.answers import has_known_dates, list_behind, read_models, read_standing
from dashboard.bar import show_bar, show_day_slider
from dashboard.captions import caption_records, say_headline, say_records
from dashboard.chart_catalogue import spell_choices
from dashboard.charts.records import Axis, plot_records
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.i18n import t
from dashboard.layout import answer_or_explain, fit_width, link_figures, show_chart, show_nothing
from dashboard.questions import make_question, name_sides
from dashboard.words import name_scale

snapshot, _ = find_snapshot()
choices, scale = show_bar(snapshot)
if scale is None:
    show_nothing(
        t("Nothing was measured here yet that both blocs could be compared on."),
        t("Register an endpoint with a key, then run `modelgap collect` and `modelgap build`."),
    )
    st.stop()

by = "release_date"
if has_known_dates(snapshot, scale["scale_id"]):
    left, right = st.columns([0.7, 0.3], gap="large")
    with right:
        axes = {"release_date": t("By release"), "known_date": t("By day the figure was known")}
        by = choose(st.segmented_control, "axis", t("Time axis"), axes, by)
else:
    left = st.container()
with left:
    show_day_slider(snapshot)

question = make_question(choices, scale)
standing = answer_or_explain(read_standing, snapshot, scale["scale_id"], question)
if standing is None:
    st.stop()
models = read_models(snapshot, scale["scale_id"], question, by)
first, second = say_headline(standing, scale, name_sides(snapshot, question))
show_chart(
    "records",
    (snapshot.id, scale["scale_id"], by, *choices.get_key()),
    lambda: plot_records(
        models,
        Axis(scale["unit"], scale["chance_floor"]),
        caption_records(snapshot, scale, question, by),
        width=fit_width(1120),
        height=600,
        sides=name_sides(snapshot, question),
    ),
    t("Records of both blocs on {scale}. {headline} {more}.", scale=name_scale(scale), headline=first, more=second),
    offer=lambda: offer_downloads(snapshot, "records", spell_choices(choices) | {"axis": by}),
)
records = say_records(standing, models)
st.text(t("{first} {second}. {records}", first=first, second=second, records=records))
link_figures(list_behind(snapshot, standing), t("The figures behind:"))
