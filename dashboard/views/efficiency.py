"""Efficiency: the best score for at most so many parameters or dollars, and the least that reaches a score."""

import streamlit as st

from dashboard.bar import show_bar
from dashboard.captions_more import caption_cost
from dashboard.chart_catalogue import spell_choices
from dashboard.charts.price import plot_price
from dashboard.charts.records import Axis
from dashboard.charts.size import plot_size
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_efficiency import (
    list_targets,
    name_cost,
    read_costed_models,
    read_curves,
    table_answers,
    table_reached,
    table_tiers,
)
from dashboard.i18n import t
from dashboard.layout import answer_or_explain, fit_width, show_chart, show_nothing, show_table
from dashboard.questions import make_question
from dashboard.words import name_scale

FIRST_TARGET = "openai/gpt-4"

snapshot, _ = find_snapshot()
chosen, scale = show_bar(snapshot, ("cohorts", "scale", "evidence", "as_of", "known"))
if scale is None or not scale["n_models"]:
    show_nothing(
        t("No model has a score of that evidence."),
        t("Choose other evidence, or run `make pipeline`, which loads the published figures and builds."),
    )
    st.stop()
question = make_question(chosen, scale)
kinds = {"size": t("Size"), "active": t("Active size"), "price": t("Price")}
targets = answer_or_explain(list_targets, snapshot, question)
if targets is None:
    st.stop()
columns = st.columns([0.36, 0.4, 0.24], gap="medium")
with columns[0]:
    by = choose(st.segmented_control, "by", t("Cost as"), kinds, "size", width="stretch")
with columns[1]:
    first = FIRST_TARGET if FIRST_TARGET in targets else next(iter(targets), "")
    target = choose(st.selectbox, "reach", t("Reach the score of"), targets, first) if targets else ""

models = read_costed_models(snapshot, question, by)
if len(models):
    width, slug = fit_width(1120), "price" if by == "price" else "size"
    axis = Axis(scale["unit"], scale["chance_floor"])
    caption = caption_cost(snapshot, scale, question, by)
    curves = read_curves(snapshot, question, by)
    show_chart(
        slug,
        (snapshot.id, by, *chosen.get_key()),
        lambda: (
            plot_price(models, curves, axis, caption, width=width)
            if by == "price"
            else plot_size(models, curves, axis, caption, is_active=by == "active", width=width)
        ),
        t("{scale}: the best score of each bloc by {cost}.", scale=name_scale(scale), cost=name_cost(by)),
        offer=lambda: offer_downloads(snapshot, slug, spell_choices(chosen) | ({"by": by} if by == "active" else {})),
    )
else:
    show_nothing(
        t("Of no model on this scale is the size or price known."), t("Choose another scale, or price instead of size.")
    )

reached, tiers = st.columns([0.42, 0.58], gap="large")
with reached:
    st.markdown(t("**The least that reaches it, as it fell**"))
    frame = table_reached(snapshot, question, by, target) if target else None
    if frame is not None and len(frame):
        show_table(frame, alt=t("Models that reached the score for less than any before"))
    else:
        st.text(t("No model of known cost reaches it."))
with tiers:
    st.markdown(t("**By tier, like against like**"))
    show_table(
        table_tiers(snapshot, question, by), alt=t("Best models, gap and lag by tier")
    )  # fmt: skip
st.markdown(t("**What a correct answer cost in our own runs**"))
frame = table_answers(snapshot)
if len(frame):
    show_table(
        frame, width="content", alt=t("Cost of a correct answer by run"),
        column_config={frame.columns[0]: st.column_config.NumberColumn(format="%.4f")},
    )  # fmt: skip
else:
    show_nothing(
        t("Nothing with a known cost was measured here yet."),
        t("Register an endpoint with a key and a price, then run `modelgap collect` and `modelgap build`."),
    )
