"""Endpoints and runs: health, last and next run, cost, how calls ended, drift, and what was refused."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.access import require_login
from dashboard.bar import show_bar
from dashboard.captions_more import caption_drift, caption_outcomes
from dashboard.chart_catalogue import spell_choices
from dashboard.charts.drift import plot_drift
from dashboard.charts.outcomes import plot_outcomes
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_runs import (
    OUTCOMES,
    list_kept_runs,
    list_repeated,
    name_outcome,
    read_drift,
    read_outcomes,
    table_endpoints,
    table_rejects,
)
from dashboard.i18n import t
from dashboard.layout import fit_width, show_chart, show_nothing, show_table
from dashboard.questions import Choices
from dashboard.tables import table_runs
from warehouse import read


def show_health(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show each endpoint's last and next run, how calls ended, and the endpoints that never ran."""
    now, runs, outcomes = datetime.now(UTC), list_kept_runs(snapshot, chosen), read_outcomes(snapshot, chosen)
    n_incomplete = sum(row["status"] == "incomplete" for row in runs)
    if runs:
        st.text(
            t("{n} runs, {k} of them incomplete: those enter no figure.", n=len(runs), k=n_incomplete)
            if n_incomplete
            else t("{n} runs, all complete.", n=len(runs))
        )
        seconds = st.column_config.NumberColumn(format="%.2f")
        frame = table_endpoints(snapshot, now, has_run=True, chosen=chosen)
        config = {title: seconds for title in frame.columns[7:9]}
        show_table(frame, column_config=config, alt=t("Endpoints with their last and next run"))
    else:
        show_nothing(
            t("No run is left by these choices, or nothing was measured here yet."),
            t("`make pipeline` collects from the embedded endpoints; `modelgap collect` from your own."),
        )
    if len(outcomes):
        names = {outcome: name_outcome(outcome) for outcome in OUTCOMES}
        show_chart(
            "outcomes",
            (snapshot.id, *chosen.get_key()),
            lambda: plot_outcomes(outcomes, names, caption_outcomes(snapshot), width=fit_width(1120)),
            t("How the calls of the newest runs ended, in shares."),
            offer=lambda: offer_downloads(snapshot, "outcomes", chosen),
        )
    waiting = table_endpoints(snapshot, now, has_run=False, chosen=chosen)
    with st.expander(t("{n} registered endpoints without a run here", n=len(waiting))):
        show_table(waiting, alt=t("Registered endpoints without a run"))


def show_drift(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show an endpoint against itself, for those that were measured more than once."""
    scores = read_drift(snapshot, chosen)
    repeated = list_repeated(scores) if len(scores) else {}
    if not repeated:
        show_nothing(
            t("No endpoint was measured twice yet: drift needs two editions of the same task."),
            t("`modelgap collect --due` on a schedule lands the next one."),
        )
        return
    endpoint = choose(st.selectbox, "endpoint", t("Endpoint"), repeated, next(iter(repeated)), width=420)
    own = scores[scores["endpoint"] == endpoint]
    show_chart(
        "drift",
        (snapshot.id, endpoint, *chosen.get_key()),
        lambda: plot_drift(own, caption_drift(snapshot, repeated[endpoint]), width=fit_width(1120)),
        t("Scores of {endpoint} over time, task by task.", endpoint=repeated[endpoint]),
        offer=lambda: offer_downloads(snapshot, "drift", spell_choices(chosen) | {"endpoint": endpoint}),
    )


def show_runs(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show every run that the choices keep."""
    runs = table_runs(snapshot, chosen)
    if len(runs):
        show_table(runs, alt=t("Runs with their outcomes"))
    else:
        show_nothing(t("No run has landed."), t("`modelgap collect` lands one."))


def show_rejects(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show what landed and was refused; it belongs to no cohort or domain, so that no choice leaves any out."""
    frame = table_rejects(snapshot)
    if len(frame):
        show_table(frame, alt=t("Rows that landed and were refused"))
    else:
        show_nothing(t("No row was refused."), t("What lands and breaks a rule is listed here with its reason."))


require_login()
snapshot, _ = find_snapshot()
chosen, _ = show_bar(snapshot, ("cohorts", "domain", "as_of"))
parts = {"health": t("Health"), "drift": t("Drift"), "runs": t("Runs"), "rejects": t("Refused rows")}
part = choose(st.segmented_control, "runs", t("Part"), parts, "health", label_visibility="collapsed")
{"health": show_health, "drift": show_drift, "runs": show_runs, "rejects": show_rejects}[part](snapshot, chosen)
