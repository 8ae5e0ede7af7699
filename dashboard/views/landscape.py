"""Landscape: how many models and registered services there are, by date and by source; what this registry holds."""

import streamlit as st

from dashboard.bar import show_bar
from dashboard.captions_more import caption_landscape
from dashboard.charts.landscape import plot_landscape
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_landscape import count_registered, read_counts, say_registered, table_counts
from dashboard.i18n import t
from dashboard.layout import fit_width, show_chart, show_nothing, show_table
from dashboard.questions import ask_of_all, name_sides

snapshot, _ = find_snapshot()
chosen, _ = show_bar(snapshot, ("cohorts", "as_of"))
sides = name_sides(snapshot, ask_of_all(chosen))
counts, registered = read_counts(snapshot, chosen.as_of), count_registered(snapshot, chosen)
if not len(counts):
    show_nothing(
        t("No count is registered by this day."), t("Add some to registry/landscape.yaml, then `modelgap build`.")
    )
if len(registered):
    st.text(say_registered(registered, sides))
if len(counts):
    st.text(
        t(
            "Others count other things: models filed, services registered, organisations. Their numbers stand side by "
            "side and are never added up or continued by one another."
        )
    )
    show_chart(
        "landscape",
        (snapshot.id, *chosen.get_key()),
        lambda: plot_landscape(
            counts, registered, caption_landscape(snapshot, chosen.as_of), width=fit_width(1120), sides=sides
        ),
        t("Counts of models and services by date and source; models registered here by bloc and year."),
        offer=lambda: offer_downloads(snapshot, "landscape", chosen),
    )
    frame = table_counts(counts)
    show_table(
        frame, alt=t("Counts of models and services with their sources"), row_height=66,
        column_config={
            frame.columns[2]: st.column_config.TextColumn(width=420),
            frame.columns[4]: st.column_config.TextColumn(width=300),
            frame.columns[-1]: st.column_config.LinkColumn(display_text=t("open")),
        },
    )  # fmt: skip
