"""Video: arena ratings by release date, how long a domestic Sora took, and who leads now."""

import streamlit as st

from dashboard.answers import get_day, list_behind, name_models, read_models, read_standing
from dashboard.bar import show_bar
from dashboard.captions import caption_records, say_headline
from dashboard.chart_catalogue import spell_choices
from dashboard.charts.video import plot_video
from dashboard.choices import choose
from dashboard.export.menu import offer_downloads
from dashboard.frames import find_snapshot
from dashboard.frames_video import find_wait, list_boards, name_board, say_leader, say_wait
from dashboard.i18n import t
from dashboard.layout import (
    answer_or_explain,
    fit_width,
    is_narrow,
    link_figures,
    show_chart,
    show_heading,
    show_nothing,
)
from dashboard.questions import make_question, name_sides

snapshot, _ = find_snapshot()
chosen, _ = show_bar(snapshot, ("cohorts", "evidence", "match", "as_of", "known"))
boards = {scale["scale_id"]: scale for scale in list_boards(snapshot)}
if not boards:
    show_nothing(
        t("No rating of video models has landed yet."),
        t("Run `make pipeline`, or `modelgap import lmarena` and `modelgap build`."),
    )
    st.stop()
labels = {key: name_board(scale) for key, scale in boards.items()}
scale = boards[choose(st.selectbox, "board", t("Board"), labels, next(iter(labels)), width=340)]

question = make_question(chosen, scale)
standing = answer_or_explain(read_standing, snapshot, scale["scale_id"], question)
if standing is None:
    st.stop()
models = read_models(snapshot, scale["scale_id"], question)
sides = name_sides(snapshot, question)
wait = find_wait(snapshot, models)
said = [say_wait(wait, get_day(snapshot, question)), say_leader(standing, name_models(snapshot))]
sentence = t("; ").join(part for part in said if part)
first, second = say_headline(standing, scale, sides)
if sentence and is_narrow():
    st.text(t("{said}.", said=sentence))
elif sentence:
    show_heading(t("{said}.", said=sentence), is_small=True)
st.text(t("{first} {second}.", first=first, second=second))
link_figures(list_behind(snapshot, standing), t("The figures behind:"))
if wait and wait["is_upper_bound"]:
    st.text(
        t("At most: of some domestic models rated as high only the day is known by which they were out at the latest.")
    )
show_chart(
    "video",
    (snapshot.id, scale["scale_id"], *chosen.get_key()),
    lambda: plot_video(
        models, wait, caption_records(snapshot, scale, question), width=fit_width(1120), height=540, sides=sides
    ),
    t(
        "Ratings of video models by release date. {said}. {headline} {more}.",
        said=sentence,
        headline=first,
        more=second,
    ),
    offer=lambda: offer_downloads(snapshot, "video", spell_choices(chosen) | {"board": scale["scale_id"]}),
)
