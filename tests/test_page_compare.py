"""The comparison page: differences around a zero line, and answers shown as letters or not at all."""

from datetime import date

import pandas as pd
import pytest
from page_snapshot import BEACON, LINK, A, B, assert_inert, get_figures, get_home, get_notes, get_words, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.compare import Side, choose_looks, plot_compare
from dashboard.frames_compare import count_agreement, list_differing, read_question
from dashboard.show_items import LIMIT, make_inert
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "Somebody (CC BY 4.0)", "a definition", date(2026, 1, 1), "modelgap-1")
ROWS = pd.DataFrame(
    [
        ("Quiz", "Knowledge", "fraction", 60.0, 70.0, -10.0, -14.0, -6.0, "independent", True),
        (LINK, "Coding", "fraction", 60.0, 50.0, 10.0, None, None, "vendor", True),
        ("Mixed", "Coding", "fraction", 60.0, 55.0, 5.0, None, None, "different reporters", False),
        ("Votes", "Preference", "elo", 1200.0, 1100.0, 100.0, 90.0, 110.0, "leaderboard", True),
    ],
    columns=["name", "domain", "unit", "a", "b", "difference", "ci90_low", "ci90_high", "evidence", "is_like_for_like"],
)


def draw(rows=ROWS, **more):
    looks = choose_looks("domestic", "frontier")
    return plot_compare(rows, (Side("One", looks[0]), Side(LINK, looks[1])), CAPTION, **more)


@pytest.mark.parametrize("width", [1360, 358])
def test_zero_is_on_the_axis_and_the_interval_is_a_bar(width):
    figure = draw(width=width)
    low, high = figure.layout.xaxis.range
    assert low < 0 < high
    assert any(shape.x0 == 0 and shape.x1 == 0 for shape in figure.layout.shapes)
    (bar,) = (trace for trace in figure.data if trace.name == "interval")
    assert bar.x == (-14.0, -6.0)
    assert "<a " not in str(figure.to_dict())


def test_unknown_intervals_are_hollow_and_other_reporters_are_faded():
    (points,) = (trace for trace in draw().data if trace.name == "difference")
    by_name = dict(
        zip(
            [row[0] for row in points.customdata],
            zip(points.marker.symbol, points.marker.color, strict=True),
            strict=True,
        )
    )
    assert by_name["Quiz"][0] == "diamond"
    assert by_name["Mixed"][0] == "circle-open" and "0.4" in by_name["Mixed"][1]


def test_ratings_are_written_and_never_on_the_axis_of_percentages():
    (points,) = (trace for trace in draw().data if trace.name == "difference")
    assert 100.0 not in points.x
    assert any("+100.0 rating points" in note.text for note in draw().layout.annotations)


def test_two_models_of_one_bloc_are_told_apart_by_colour_and_marker():
    first, second = choose_looks("domestic", "domestic")
    assert first.color != second.color and first.marker != second.marker


def test_agreement_counts_items_that_both_answered():
    snapshot = read.open_current(get_home())
    counts = count_agreement(snapshot, A, B, "sums")
    assert counts["n"] == counts["both"] + counts["neither"] + counts["a"] + counts["b"] == 6


def test_items_that_may_not_be_shown_leave_the_warehouse_as_marks_alone():
    snapshot = read.open_current(get_home())
    shown, withheld = (list_differing(snapshot, A, B, benchmark) for benchmark in ("sums", "exam"))
    assert all(row["question"] == "secret-sums-en" and LINK in row["answer_a"] for row in shown)
    assert withheld and all(
        row[name] is None for row in withheld for name in ("prompt", "question", "target", "answer_a", "answer_b")
    )
    assert all(row["mark_a"] != row["mark_b"] for row in withheld)


@pytest.mark.parametrize("prompt", [None, "plain", "[]", "[1]", '{"a": 1}', '[{"role": "user"}]'])
def test_a_prompt_that_is_no_list_of_messages_is_shown_as_it_is(prompt):
    assert read_question(prompt) == prompt


def test_direction_and_control_characters_are_spelled_out_and_length_is_bounded():
    assert make_inert("a\u202eb\u200bc\nd") == "a\\u202eb\\u200bc\nd"
    assert make_inert("x" * (LIMIT + 5)).endswith("… 5 more characters")


def test_the_page_opens_on_two_models_and_shows_the_answers_as_code(monkeypatch):
    app = open_page(monkeypatch, "compare", a=A, b=B, items="sums")
    (figure,) = get_figures(app)
    assert "difference, percentage points" in get_notes(figure)
    codes = [element.value for element in app.code]
    assert any(BEACON in code and LINK in code and "\\u202e" in code for code in codes)
    assert_inert(app)


def test_a_withheld_benchmark_shows_marks_and_no_text(monkeypatch):
    app = open_page(monkeypatch, "compare", a=A, b=B, items="exam")
    assert "may not be shown" in get_words(app) and "secret" not in get_words(app)
    assert not app.code


def test_two_models_that_share_nothing_say_so(monkeypatch):
    app = open_page(monkeypatch, "compare", a="openai/sora", b=A)
    assert "no benchmark has a figure of both" in get_words(app)


def test_one_model_against_itself_and_nonsense_in_the_address_are_no_error(monkeypatch):
    assert "two different models" in get_words(open_page(monkeypatch, "compare", a=A, b=A))
    assert get_figures(open_page(monkeypatch, "compare", a="<b>", b="nonsense")) is not None
