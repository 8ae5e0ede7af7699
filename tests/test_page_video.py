"""The video page: records as steps, how long a domestic Sora took, and no lag where a guard withholds it."""

from datetime import date

import pandas as pd
import pytest
from page_snapshot import assert_inert, get_figures, get_home, get_notes, get_words, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.video import plot_video
from dashboard.frames_video import find_wait, list_boards, say_leader, say_wait
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "Somebody", "a definition", date(2026, 1, 1), "modelgap-1")
COLUMNS = ["model", "name", "bloc", "release_date", "score", "ci90_low", "ci90_high", "origin", "is_record"]
MODELS = pd.DataFrame(
    [
        ("openai/sora", "Sora", "frontier", date(2024, 2, 15), 1000.0, 990.0, 1010.0, "leaderboard", True),
        ("kuaishou/kling-1", "Kling 1", "domestic", date(2024, 6, 6), 950.0, None, None, "leaderboard", True),
        ("kuaishou/kling-2", "Kling 2", "domestic", date(2025, 6, 15), 1100.0, None, None, "leaderboard", True),
    ],
    columns=COLUMNS,
)


@pytest.fixture
def snapshot():
    return read.open_current(get_home())


def test_the_wait_runs_from_sora_to_the_first_domestic_model_as_good(snapshot):
    wait = find_wait(snapshot, MODELS)
    assert wait["match"]["model"] == "kuaishou/kling-2"
    assert wait["months"] == pytest.approx(486 / 30.4375)
    assert (
        say_wait(wait, date(2026, 1, 1))
        == "A domestic model as good as Sora of 2024-02-15 took 16.0 months: Kling 2, 2025-06-15"
    )


def test_a_date_known_only_as_the_latest_possible_makes_it_at_most(snapshot, monkeypatch):
    known = read.list_models(snapshot).to_pylist()
    late = [row | {"date_precision": "on-or-before"} if row["model"] == "kuaishou/kling-2" else row for row in known]
    monkeypatch.setattr(read, "list_models", lambda snapshot: FakeTable(late))
    wait = find_wait(snapshot, MODELS)
    assert wait["is_upper_bound"] and "at most 16.0 months" in say_wait(wait, date(2026, 1, 1))


class FakeTable(list):
    """Rows that answer as an Arrow table does."""

    def to_pylist(self):
        return list(self)


def test_without_a_match_the_wait_is_open(snapshot):
    wait = find_wait(snapshot, MODELS[MODELS["bloc"] == "frontier"])
    assert wait["match"] is None
    assert (
        say_wait(wait, date(2025, 2, 15))
        == "No domestic model is rated as high as Sora of 2024-02-15 after 12.0 months"
    )


def test_without_sora_nothing_is_said_of_it(snapshot):
    assert say_wait(find_wait(snapshot, MODELS.iloc[1:]), date(2026, 1, 1)) == ""
    assert say_wait(find_wait(snapshot, MODELS.iloc[:0]), date(2026, 1, 1)) == ""


def test_the_leader_is_named_with_both_ratings():
    records = {"domestic_record": {"model": "d", "score": 1482.0}, "frontier_record": {"model": "f", "score": 1512.0}}
    assert say_leader(records, {"d": "D", "f": "F"}) == "F leads with 1512 to 1482 of D"
    assert say_leader(records | {"domestic_record": None}, {}) == ""


@pytest.mark.parametrize("width", [1360, 358])
def test_the_wait_is_drawn_between_the_two_dates(snapshot, width):
    figure = plot_video(MODELS, find_wait(snapshot, MODELS), CAPTION, width=width)
    (line,) = (trace for trace in figure.data if trace.name == "wait")
    assert (line.x, line.y) == (("2024-02-15", "2025-06-15"), (1000.0, 1000.0))
    assert not any(trace.name == "wait" for trace in plot_video(MODELS, None, CAPTION).data)


def test_boards_are_ratings_of_video_models(snapshot):
    assert [row["benchmark"] for row in list_boards(snapshot)] == ["video-arena"]


def test_the_page_says_how_long_who_leads_and_why_no_lag_is_stated(monkeypatch):
    app = open_page(monkeypatch, "video")
    words = get_words(app)
    assert "16.0 months" in words and "leads with 1300 to 1100" in words
    assert "No lag is stated:" in words and "records" in words
    (figure,) = get_figures(app)
    assert "Source: " in get_notes(figure)
    assert_inert(app)


def test_before_a_domestic_match_the_page_says_so(monkeypatch):
    words = get_words(open_page(monkeypatch, "video", **{"as-of": "2024-12-31"}))
    assert "No domestic model is rated as high as" in words
