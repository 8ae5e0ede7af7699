"""Compare: two models benchmark by benchmark, and where both were measured here, the answers on which they differ."""

import streamlit as st

from dashboard.captions_more import caption_compare
from dashboard.charts.compare import Side, choose_looks, plot_compare
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_compare import (
    MAX_ITEMS,
    count_agreement,
    find_comparison,
    list_comparable,
    list_differing,
    list_measured,
    name_benchmarks,
    read_rows,
    say_agreement,
    say_summary,
)
from dashboard.i18n import pick_name, t
from dashboard.layout import fit_width, show_chart, show_nothing
from dashboard.show_items import show_item
from dashboard.words import say
from warehouse import read

FIRST_A, FIRST_B = "openbmb/minicpm-2b", "mistralai/mistral-7b"

snapshot, _ = find_snapshot()
names = list_comparable(snapshot)
if len(names) < 2:
    show_nothing(
        t("Fewer than two models have a score."),
        t("Run `make pipeline`, or `modelgap import published` and `modelgap build`."),
    )
    st.stop()
ids = list(names)
columns = st.columns(2, gap="medium")
with columns[0]:
    model_a = choose(st.selectbox, "a", t("Model"), names, FIRST_A if FIRST_A in names else ids[0])
with columns[1]:
    model_b = choose(st.selectbox, "b", t("Against"), names, FIRST_B if FIRST_B in names else ids[1])

comparison, problem = find_comparison(snapshot, model_a, model_b)
if comparison is None:
    show_nothing(problem, t("Choose two models that have a figure on the same benchmark."))
    st.stop()
summary = say_summary(snapshot, comparison)
st.text(summary)
models = {row["model"]: row for row in read.list_models(snapshot).to_pylist()}
looks = choose_looks(models[model_a]["bloc"], models[model_b]["bloc"])
sides = tuple(Side(pick_name(models[model]), look) for model, look in zip((model_a, model_b), looks, strict=True))
show_chart(
    "compare",
    (snapshot.id, model_a, model_b),
    lambda: plot_compare(
        read_rows(snapshot, comparison), sides, caption_compare(snapshot, comparison), width=fit_width(1360)
    ),
    t("Differences by benchmark. {summary}", summary=summary),
    offer=lambda: offer_downloads(snapshot, "compare", {"a": model_a, "b": model_b}),
)
for note in comparison.notes:
    st.text(t("Note: {note}", note=say(note)))

st.markdown(t("**Where they differ, item by item**"))
measured = list_measured(comparison)
if not measured:
    show_nothing(
        t("The two were not both measured here, so their answers are not known."),
        t("Run `modelgap collect` on an endpoint of each, then `modelgap build`."),
    )
    st.stop()
titles = name_benchmarks(snapshot, measured)
benchmark = choose(st.selectbox, "items", t("Benchmark"), titles, measured[0])
counts = count_agreement(snapshot, model_a, model_b, benchmark)
first, second = sides[0].name, sides[1].name
st.text(say_agreement(counts, first, second))
differing = list_differing(snapshot, model_a, model_b, benchmark)
if differing and not differing[0]["is_shown"]:
    st.text(t("The items of this benchmark may not be shown: the marks alone are."))
    st.dataframe(
        {
            t("Subject"): [row["subtask"] for row in differing],
            t("Item"): [row["doc_id"] for row in differing],
            t("{name} (first)", name=first): [row["mark_a"] for row in differing],
            t("{name} (second)", name=second): [row["mark_b"] for row in differing],
        },
        hide_index=True, width="content", alt=t("Marks of the items on which the two differ"),
    )  # fmt: skip
elif differing:
    st.caption(t("At most {n} are listed. Answers are shown letter by letter, as they came.", n=MAX_ITEMS))
    options = {f"{row['subtask'] or row['task']}-{row['doc_id']}-{row['repeat']}": row for row in differing}
    labels = {key: t("Item {id}", id=key) for key in options}
    item = choose(st.selectbox, "item", t("Item"), labels, next(iter(labels)))
    show_item(options[item], first, second)
