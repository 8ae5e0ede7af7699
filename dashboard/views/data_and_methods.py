"""Data and methods: what each word means, every figure with its source, what may be taken away, how our runs went."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.access import require_login
from dashboard.bar import show_bar
from dashboard.choices import choose
from dashboard.definitions import list_definitions
from dashboard.frames import find_snapshot
from dashboard.frames_data import say_stale, table_benchmarks, table_sources
from dashboard.frames_figures import find_first, list_models, say_model, table_figures
from dashboard.i18n import format_day, t
from dashboard.layout import show_nothing, show_table
from dashboard.questions import Choices
from dashboard.show_downloads import show_downloads
from dashboard.tables import table_runs
from warehouse import read

TALL = 600


def show_definitions() -> None:
    """Show what the words on every figure mean, in two columns."""
    definitions = list_definitions()
    half = (len(definitions) + 1) // 2
    for column, part in zip(st.columns(2, gap="large"), (definitions[:half], definitions[half:]), strict=True):
        for term, meaning in part:
            column.markdown(t("**{term}.** {meaning}", term=term, meaning=meaning))


def show_figures(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show one model's figures, each with who measured it, when, how, and a link to where it stands."""
    models = list_models(snapshot)
    if not models:
        show_nothing(t("No score has landed yet."), t("Run `make pipeline`, or `modelgap import published`."))
        return
    model = choose(st.selectbox, "model", t("Model"), models, find_first(snapshot), width=520)
    frame = table_figures(snapshot, model, chosen)
    st.text(say_model(snapshot, model, len(frame)))
    if not len(frame):
        show_nothing(t("None of its figures is left by these choices."), t("Choose another domain, evidence or day."))
        return
    widths = zip(frame.columns, (210, 100, 60, 330, 90, 64, 130, 125), strict=False)
    config = {title: st.column_config.Column(width=width) for title, width in widths} | {t("Source"): _link(64)}
    height = min(TALL, 38 + 36 * len(frame))
    show_table(frame, height=height, column_config=config, alt=t("The figures of a model"))
    st.caption(
        t(
            "Stands: the figure that represents the model on this benchmark in charts. A competitor's figure never "
            "stands. ±: the standard error, where the source gives one."
        )
    )


def show_sources(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show the sources with licence, freshness, how many figures, attribution and links; and what was refused."""
    today = datetime.now(UTC).date()
    st.text(say_stale(snapshot, today))
    config = {t("Address"): _link(), t("Licence text"): _link()}
    frame = table_sources(snapshot, chosen, today)
    show_table(frame, height=TALL, column_config=config, alt=t("Sources with licence and age"))
    rejects = read.read_status(snapshot)["rejects"]
    if rejects:
        refused = {t("Refused because"): list(rejects), t("Rows"): list(rejects.values())}
        show_table(refused, width="content", alt=t("Rows that landed and were refused"))


def show_benchmarks(snapshot: read.Snapshot, chosen: Choices) -> None:
    """Show the benchmarks: domain, measure, chance floor, who scored how many models."""
    show_table(
        table_benchmarks(snapshot, chosen), height=TALL, column_config={t("Address"): _link()},
        alt=t("Benchmarks with their measure and who scored them"),
    )  # fmt: skip


def show_runs(snapshot: read.Snapshot) -> None:
    """Show our own runs to those who may see them."""
    require_login()
    frame = table_runs(snapshot)
    if len(frame):
        show_table(frame, alt=t("Runs with their outcomes"))
    else:
        show_nothing(
            t("Nothing was measured here yet."),
            t("`make pipeline` collects from the embedded endpoints; `modelgap collect` from your own."),
        )


def _link(width: int | None = None) -> object:
    return st.column_config.LinkColumn(display_text=t("open"), width=width)


snapshot, _ = find_snapshot()
chosen, _ = show_bar(snapshot, ("domain", "evidence", "as_of", "known"))
status = read.read_status(snapshot)
counts = status["counts"]
st.text(
    t(
        "Snapshot {snapshot}, built {built_at}, as of {as_of}: {scores:,} figures of {models:,} models on "
        "{benchmarks:,} benchmarks; {rejects:,} rows refused.",
        snapshot=status["snapshot"],
        built_at=f"{datetime.fromisoformat(status['built_at']):%Y-%m-%d %H:%M} UTC",
        as_of=format_day(status["as_of"]),
        scores=counts["score"],
        models=counts["model"],
        benchmarks=counts["benchmark"],
        rejects=counts["reject"],
    )
)
parts = {
    "definitions": t("Definitions"), "figures": t("Figures"), "sources": t("Sources"), "benchmarks": t("Benchmarks"),
    "downloads": t("Downloads"), "runs": t("Runs"),
}  # fmt: skip
part = choose(st.segmented_control, "part", t("Part"), parts, "definitions", label_visibility="collapsed")
if part == "definitions":
    show_definitions()
elif part == "figures":
    show_figures(snapshot, chosen)
elif part == "sources":
    show_sources(snapshot, chosen)
elif part == "benchmarks":
    show_benchmarks(snapshot, chosen)
elif part == "downloads":
    show_downloads(snapshot)
else:
    show_runs(snapshot)
