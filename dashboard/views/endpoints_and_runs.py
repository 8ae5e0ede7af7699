"""Endpoints and runs: health, last and next run, cost, how calls ended, drift, and what was refused."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.access import require_login
from dashboard.captions_more import caption_drift, caption_outcomes
from dashboard.charts.drift import plot_drift
from dashboard.charts.outcomes import plot_outcomes
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_runs import (
    OUTCOMES,
    list_repeated,
    name_outcome,
    name_status,
    read_drift,
    read_outcomes,
    table_endpoints,
    table_rejects,
)
from dashboard.i18n import t
from dashboard.layout import fit_width, show_chart, show_nothing, show_table
from dashboard.tables import table_runs

require_login()
snapshot, _ = find_snapshot()
now = datetime.now(UTC)
runs = table_runs(snapshot)
n_incomplete = int((runs[t("Status")] == name_status("incomplete")).sum())
outcomes = read_outcomes(snapshot)
health, drift, all_runs, rejects = st.tabs([t("Health"), t("Drift"), t("Runs"), t("Refused rows")])
with health:
    if len(runs):
        st.text(
            t("{n} runs, {k} of them incomplete: those enter no figure.", n=len(runs), k=n_incomplete)
            if n_incomplete
            else t("{n} runs, all complete.", n=len(runs))
        )
        seconds = st.column_config.NumberColumn(format="%.2f")
        frame = table_endpoints(snapshot, now, has_run=True)
        config = {title: seconds for title in frame.columns[7:9]}
        show_table(frame, column_config=config, alt=t("Endpoints with their last and next run"))
    else:
        show_nothing(
            t("Nothing was measured here yet."),
            t("`make pipeline` collects from the embedded endpoints; `modelgap collect` from your own."),
        )
    if len(outcomes):
        names = {outcome: name_outcome(outcome) for outcome in OUTCOMES}
        show_chart(
            "outcomes",
            (snapshot.id,),
            lambda: plot_outcomes(outcomes, names, caption_outcomes(snapshot), width=fit_width(1360)),
            t("How the calls of the newest runs ended, in shares."),
            offer=lambda: offer_downloads(snapshot, "outcomes", {}),
        )
    waiting = table_endpoints(snapshot, now, has_run=False)
    with st.expander(t("{n} registered endpoints without a run here", n=len(waiting))):
        show_table(waiting, alt=t("Registered endpoints without a run"))
with drift:
    scores = read_drift(snapshot)
    repeated = list_repeated(scores) if len(scores) else {}
    if repeated:
        endpoint = choose(st.selectbox, "endpoint", t("Endpoint"), repeated, next(iter(repeated)), width=420)
        own = scores[scores["endpoint"] == endpoint]
        show_chart(
            "drift",
            (snapshot.id, endpoint),
            lambda: plot_drift(own, caption_drift(snapshot, repeated[endpoint]), width=fit_width(1360)),
            t("Scores of {endpoint} over time, task by task.", endpoint=repeated[endpoint]),
            offer=lambda: offer_downloads(snapshot, "drift", {"endpoint": endpoint}),
        )
    else:
        show_nothing(
            t("No endpoint was measured twice yet: drift needs two editions of the same task."),
            t("`modelgap collect --due` on a schedule lands the next one."),
        )
with all_runs:
    if len(runs):
        show_table(runs, alt=t("Runs with their outcomes"))
    else:
        show_nothing(t("No run has landed."), t("`modelgap collect` lands one."))
with rejects:
    frame = table_rejects(snapshot)
    if len(frame):
        show_table(frame, alt=t("Rows that landed and were refused"))
    else:
        show_nothing(t("No row was refused."), t("What lands and breaks a rule is listed here with its reason."))
