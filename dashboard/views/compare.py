"""Compare: two models or cohorts benchmark by benchmark, and where both's marks of the same items are here, those."""

import streamlit as st

from dashboard.answers import name_models
from dashboard.bar import show_bar
from dashboard.captions_more import caption_compare
from dashboard.chart_catalogue import spell_choices
from dashboard.chart_makers import FIRST_PAIR
from dashboard.charts.compare import plot_compare
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_compare import (
    MAX_ITEMS,
    ask_comparison,
    count_agreement,
    find_comparison,
    list_differing,
    list_pairs,
    make_sides,
    name_benchmarks,
    name_both,
    read_rows,
    table_withheld,
)
from dashboard.frames_figures import list_models
from dashboard.i18n import t
from dashboard.layout import answer_or_explain, fit_width, link_figures, show_chart, show_nothing, show_table
from dashboard.questions import DOMESTIC, FRONTIER
from dashboard.show_items import show_item
from dashboard.words import say
from dashboard.words_compare import say_agreement, say_summary
from warehouse import read


def choose_models(snapshot: read.Snapshot) -> tuple[str, str]:
    """Return the two models that the reader chose; without two that have a score the page stops."""
    names = list_models(snapshot)
    if len(names) < 2:
        show_nothing(
            t("Fewer than two models have a score."),
            t("Run `make pipeline`, or `modelgap import published` and `modelgap build`."),
        )
        st.stop()
    first, second = (model if model in names else list(names)[i] for i, model in enumerate(FIRST_PAIR))
    left, right = st.columns(2, gap="medium")
    with left:
        a = choose(st.selectbox, "a", t("Model"), names, first)
    with right:
        b = choose(st.selectbox, "b", t("Against"), names, second)
    return a, b


def show_differing(snapshot: read.Snapshot, pair: tuple[str, str], benchmark: str) -> None:
    """Show the items of a benchmark on which two models differ, with their answers where they may be shown."""
    first, second = (name_models(snapshot)[model] for model in pair)
    st.text(say_agreement(count_agreement(snapshot, *pair, benchmark), first, second))
    differing = list_differing(snapshot, *pair, benchmark)
    if differing and not differing[0]["is_shown"]:
        st.text(t("The items of this benchmark may not be shown: the marks alone are."))
        show_table(
            {
                t("Subject"): [row["subtask"] for row in differing],
                t("Item"): [row["doc_id"] for row in differing],
                t("{name} (first)", name=first): [row["mark_a"] for row in differing],
                t("{name} (second)", name=second): [row["mark_b"] for row in differing],
            },
            width="content", alt=t("Marks of the items on which the two differ"),
        )  # fmt: skip
    elif differing:
        st.caption(t("At most {n} are listed. Answers are shown letter by letter, as they came.", n=MAX_ITEMS))
        options = {f"{row['subtask'] or row['task']}-{row['doc_id']}-{row['repeat']}": row for row in differing}
        labels = {key: t("Item {id}", id=key) for key in options}
        show_item(options[choose(st.selectbox, "item", t("Item"), labels, next(iter(labels)))], first, second)


def show_withheld(snapshot: read.Snapshot, comparison: read.Comparison) -> None:
    """Offer the benchmarks whose number is withheld, with the reasons; the table is made when it is asked for."""
    label = t("{n} benchmarks withheld", n=len(comparison.withheld))
    table = st.popover(label, key="withheld", type="tertiary", on_change="rerun")
    if table.open:
        frame = table_withheld(snapshot, comparison)
        table.dataframe(frame, hide_index=True, alt=t("Benchmarks whose number is withheld, and why"))


snapshot, _ = find_snapshot()
kinds = {"models": t("Two models"), "cohorts": t("Two cohorts")}
kind = choose(st.segmented_control, "compare", t("Compare"), kinds, "models", label_visibility="collapsed")
parts = ("domain", "evidence", "as_of", "known")
chosen, _ = show_bar(snapshot, ("cohorts", *parts) if kind == "cohorts" else parts)
models = choose_models(snapshot) if kind == "models" else None
question = ask_comparison(chosen, models)
found = answer_or_explain(find_comparison, snapshot, question, chosen.domain)
comparison, problem = found or (None, "")
if comparison is None:
    show_nothing(problem, t("Choose two that have a figure on the same benchmark, other evidence or another day."))
    st.stop()
names = name_both(snapshot, comparison, question)
summary = say_summary(comparison, names)
st.text(summary)
spelt = spell_choices(chosen) | ({"compare": kind} if models is None else dict(zip("ab", models, strict=True)))
if models:
    spelt = {name: value for name, value in spelt.items() if name not in (DOMESTIC, FRONTIER)}
if comparison.rows:
    show_chart(
        "compare",
        (snapshot.id, question.domestic, question.frontier, *chosen.get_key()),
        lambda: plot_compare(
            read_rows(snapshot, comparison),
            make_sides(snapshot, comparison, names),
            caption_compare(snapshot, comparison, names),
            width=fit_width(1120),
        ),
        t("Differences by benchmark. {summary}", summary=summary),
        offer=lambda: offer_downloads(snapshot, "compare", spelt),
    )
if comparison.withheld:
    show_withheld(snapshot, comparison)
index = comparison.index or {}
behind = models or tuple(index[name] for name in ("model_a", "model_b") if name in index)
if behind:
    known = name_models(snapshot)
    link_figures({model: known[model] for model in behind}, t("The figures behind:"))
for note in comparison.notes:
    st.text(t("Note: {note}", note=say(note)))

st.subheader(t("Where they differ, item by item"), anchor=False)
pairs = list_pairs(comparison)
if not pairs:
    show_nothing(
        t("No marks of both on the same items are here, neither from runs nor imported, so none can be shown."),
        t(
            "Run `modelgap collect` on an endpoint of each, or import results of both item by item; "
            "then `modelgap build`."
        ),
    )
    st.stop()
titles = name_benchmarks(snapshot, list(pairs))
benchmark = choose(st.selectbox, "items", t("Benchmark"), titles, next(iter(titles)))
show_differing(snapshot, pairs[benchmark], benchmark)
