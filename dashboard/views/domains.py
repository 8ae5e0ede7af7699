"""Domains and industries: the gap of each domain quarter by quarter; which sections of industry anything measures."""

import streamlit as st

from dashboard.bar import show_bar
from dashboard.captions_domains import caption_heat, caption_isic
from dashboard.chart_catalogue import spell_choices
from dashboard.charts.domain_heat import plot_domain_heat
from dashboard.charts.isic import plot_isic
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_domains import find_suite, read_heat, read_sections
from dashboard.i18n import t
from dashboard.layout import answer_or_explain, fit_width, show_chart, show_nothing

snapshot, _ = find_snapshot()
choices, _ = show_bar(snapshot, parts=("cohorts", "evidence", "match", "as_of", "known"))
identity = (snapshot.id, *choices.get_key())
measures = {"points": t("Gap in points"), "months": t("Lag in months")}
measure = choose(st.segmented_control, "measure", t("Shown"), measures, "points", label_visibility="collapsed")

cells = answer_or_explain(read_heat, snapshot, choices)
if cells is not None:
    show_chart(
        "domain-heat",
        (*identity, measure),
        lambda: plot_domain_heat(
            cells,
            caption_heat(snapshot, choices, measure),
            measure="gap_points" if measure == "points" else "lag_months",
            width=fit_width(1120),
        ),
        t("The gap of each domain at the end of every quarter; hatched where no number stands."),
        offer=lambda: offer_downloads(snapshot, "domain-heat", spell_choices(choices) | {"measure": measure}),
    )

sections = answer_or_explain(read_sections, snapshot, choices)
if sections is not None and not len(sections):
    show_nothing(t("No section of industry is registered."), t("They stand in the registry's isic.yaml."))
elif sections is not None:
    show_chart(
        "isic",
        identity,
        lambda: plot_isic(sections, caption_isic(snapshot, choices), width=fit_width(1120)),
        t("Sections of industry: gap and lag where something measures one, hatched where nothing does."),
        offer=lambda: offer_downloads(snapshot, "isic", choices),
    )
    suite = find_suite(snapshot)
    if suite and (sections["state"] == "registered").any():
        st.caption(
            t(
                "Sections marked as not scored yet have exam subjects. To measure them, run "
                "`modelgap collect --suite {suite} --endpoint …`, or import lm-eval results by subject; "
                "then `modelgap build`.",
                suite=suite,
            )
        )
