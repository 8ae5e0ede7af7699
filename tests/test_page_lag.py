"""The lag page and its two figures: claims marked on the lag, each frontier record with its wait."""

from datetime import date, timedelta

import asked_snapshot
import pandas as pd
import pytest
from asked_snapshot import LAG, get_figures, get_words, open_page

from dashboard.answers import read_waits
from dashboard.charts.anatomy import Caption
from dashboard.charts.catch_up import plot_catch_up
from dashboard.charts.lag_over_time import plot_lag
from dashboard.frames_said import read_lag_claims
from warehouse import read

AS_OF = date(2026, 1, 1)
CAPTION = Caption("Title", "Subtitle", "Somebody (CC BY 4.0)", "a definition", AS_OF, "modelgap-1")
WAITS = pd.DataFrame(
    [
        ("Uno", date(2024, 1, 1), "Two", date(2025, 2, 1), 13.0),
        ("<a href=x>Dos</a>", date(2024, 12, 1), "<b>Three</b>", date(2025, 11, 1), 11.0),
        ("Tres", date(2025, 10, 1), None, None, 3.0),
    ],
    columns=["name", "released", "match", "matched", "months"],
)


@pytest.fixture(autouse=True)
def home(monkeypatch):
    """Read the snapshot that holds claims."""
    monkeypatch.setenv("MODELGAP_HOME", str(asked_snapshot.get_home()))


@pytest.fixture
def snapshot():
    return read.open_current(asked_snapshot.get_home())


def get_texts(figure):
    return [note.text for note in figure.layout.annotations]


def test_an_open_wait_runs_to_the_as_of_date_and_is_never_shown_as_matched():
    figure = plot_catch_up(WAITS, CAPTION)
    (still,) = [trace for trace in figure.data if trace.name == "open"]
    assert still.x[-1] == AS_OF.isoformat() and still.line.dash != "solid"
    assert "<b>not yet</b>, 3.0 months so far" in get_texts(figure)
    matches = next(trace for trace in figure.data if trace.name == "domestic")
    assert list(matches.x) == ["2025-11-01", "2025-02-01"]


def test_the_newest_record_stands_on_top_and_names_are_letters():
    figure = plot_catch_up(WAITS, CAPTION)
    records = next(trace for trace in figure.data if trace.name == "frontier")
    assert list(records.x) == ["2025-10-01", "2024-12-01", "2024-01-01"] and list(records.y) == [0, -1, -2]
    assert not any("<a" in text for text in get_texts(figure))
    assert any("&lt;b&gt;Three" in text for text in get_texts(figure))


@pytest.mark.parametrize("width", [358, 1360])
def test_no_wait_at_all_is_still_a_figure(width):
    assert plot_catch_up(WAITS[:0], CAPTION, width=width).layout.annotations


def test_a_match_before_the_record_is_kept_and_in_sight():
    early = WAITS.assign(matched=[date(2023, 6, 1), date(2025, 11, 1), None])
    assert plot_catch_up(early, CAPTION).layout.xaxis.range[0] < "2023-06-01"


def make_claims(*rows):
    return pd.DataFrame(
        [(*row, "https://example.org") for row in rows],
        columns=["day", "low", "high", "claimant", "statement", "is_standing", "source_url"],
    )


DAYS = pd.DataFrame(
    {
        "date": [AS_OF - timedelta(days=400 - i) for i in range(401)], "match_rule": "point",
        "lag_months": [3 + i / 30 for i in range(401)], "ci90_low": None, "ci90_high": None, "guard": None,
    }
)  # fmt: skip


def test_a_claim_stands_at_its_day_with_its_range_and_is_hollow_where_it_speaks_of_another_lag():
    claims = make_claims(
        (date(2025, 6, 1), 18.0, 24.0, "One (a lab)", "<b>said</b>", True),
        (date(2025, 9, 1), 14.0, 14.0, "Two", "said", False),
        (date(2020, 1, 1), 14.0, 14.0, "Long ago", "said", False),
    )
    figure = plot_lag(DAYS, CAPTION, claims=claims)
    marks = next(trace for trace in figure.data if trace.name == "claims")
    assert list(marks.x) == ["2025-06-01", "2025-09-01"] and list(marks.y) == [21, 14]
    assert marks.marker.color[0] != "#ffffff" and marks.marker.color[1] == "#ffffff"
    assert list(next(trace for trace in figure.data if trace.name == "claimed range").y) == [18, 24]
    assert figure.layout.yaxis.range[1] > 24
    assert {note.text for note in figure.layout.annotations if note.name == "claim"} == {"One", "Two"}
    assert not any("<b>said" in line for row in marks.customdata for line in row)


def test_without_claims_the_figure_says_nothing_of_them():
    assert not any("claim" in text for text in get_texts(plot_lag(DAYS, CAPTION, claims=make_claims())))


def test_claims_are_those_of_the_domain_with_a_number_at_the_day_they_speak_of(snapshot):
    claims = read_lag_claims(snapshot, "coding")
    assert list(claims["day"]) == [date(2025, 2, 1), date(2025, 6, 1)]
    assert list(claims["is_standing"]) == [False, True]
    assert not len(read_lag_claims(snapshot, None))


def test_waits_are_those_of_the_warehouse(snapshot):
    waits, total = read_waits(snapshot, read.Question(benchmark="quiz"))
    forward = read.measure_gap(snapshot, benchmark="quiz").forward
    assert list(waits["months"]) == [wait.months for wait in forward.waits]
    assert (total["matched"], total["total"]) == (forward.matched, forward.total) == (2, 3)


def test_the_page_shows_both_figures_the_median_and_the_claims():
    app = open_page(LAG)
    assert not app.exception
    lag, catch_up = get_figures(app)
    texts = " ".join(note["text"] for note in catch_up["layout"]["annotations"]).replace("<br>", " ")
    assert "2 of 3 records matched" in texts and "Median wait" in texts
    assert any(trace["name"] == "claims" for trace in lag["data"])
    frame = next(f.value for f in app.dataframe if "Claimed" in f.value)
    assert list(frame["Claimed"]) == ["12 months", "6 to 9 months"]


def test_where_a_guard_withholds_the_lag_the_page_says_why_and_draws_no_waits():
    app = open_page(LAG, domestic="domestic,up-to-10b")
    assert not app.exception
    assert "No waits are stated" in get_words(app)
    assert len(get_figures(app)) == 1
