"""Data and methods: what each word means, where every figure comes from, and how our own runs went."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.access import require_login
from dashboard.definitions import list_definitions
from dashboard.frames import find_snapshot
from dashboard.i18n import t
from dashboard.layout import show_nothing
from dashboard.tables import table_runs, table_sources
from warehouse import read

TALL = 600

snapshot, _ = find_snapshot()
status = read.read_status(snapshot)
counts = status["counts"]
st.text(
    t(
        "Snapshot {snapshot}, built {built_at}, as of {as_of}: {scores:,} figures of {models:,} models on "
        "{benchmarks:,} benchmarks; {rejects:,} rows refused.",
        snapshot=status["snapshot"],
        built_at=f"{datetime.fromisoformat(status['built_at']):%Y-%m-%d %H:%M} UTC",
        as_of=status["as_of"],
        scores=counts["score"],
        models=counts["model"],
        benchmarks=counts["benchmark"],
        rejects=counts["reject"],
    )
)
methods, sources, runs = st.tabs([t("Definitions"), t("Sources"), t("Runs")])
with methods:
    columns = st.columns(2, gap="large")
    definitions = list_definitions()
    half = (len(definitions) + 1) // 2
    for column, part in zip(columns, (definitions[:half], definitions[half:]), strict=True):
        for term, meaning in part:
            column.markdown(f"**{term}.** {meaning}")
with sources:
    frame = table_sources(snapshot, datetime.now(UTC).date())
    link = st.column_config.LinkColumn(display_text=t("open"))
    st.dataframe(
        frame, hide_index=True, height=TALL, column_config={t("Address"): link}, alt=t("Sources with licence and age")
    )
    if status["rejects"]:
        st.dataframe(
            {t("Refused because"): list(status["rejects"]), t("Rows"): list(status["rejects"].values())},
            hide_index=True,
            width="content",
        )
with runs:
    require_login()
    frame = table_runs(snapshot)
    if len(frame):
        st.dataframe(frame, hide_index=True, alt=t("Runs with their outcomes"))
    else:
        show_nothing(
            t("Nothing was measured here yet."),
            t("`make pipeline` collects from the embedded endpoints; `modelgap collect` from your own."),
        )
