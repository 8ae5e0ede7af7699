"""The claims page: every claim with its verdict in each view, statements as letters, links only where they are safe."""

from datetime import date

import pandas as pd
import pytest
from page_snapshot import LINK, assert_inert, get_home, get_words, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.claims import MARKS, plot_claims, spread_all
from dashboard.frames_claims import find_link, judge_claim, keep_claims, say_measured, say_range, table_claims
from dashboard.questions import Choices
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "Somebody (CC BY 4.0)", "a definition", date(2026, 1, 1), "modelgap-1")
CLAIMS = pd.DataFrame(
    [
        (1, LINK, LINK, date(2024, 2, 1), 6.0, 9.0, 7.0, 5.0, 8.0, False, "supported"),
        (2, "Two", "two", date(2024, 2, 1), 24.0, 36.0, 10.0, 9.0, 11.0, False, "contradicted"),
        (3, "Three", "three", date(2024, 2, 1), 8.0, None, 9.0, None, None, True, "undetermined"),
    ],
    columns=["number", "claimant", "statement", "day", "claimed_low", "claimed_high", "value", "ci90_low", "ci90_high",
             "is_lower_bound", "verdict"],
)  # fmt: skip
DAYS = pd.DataFrame(
    {
        "date": pd.date_range("2024-01-01", periods=4).date,
        "lag_months": [5.0, None, 6.0, 6.1],
        "ci90_low": [4.0, None, 5.0, 5.0],
        "ci90_high": [7.0, None, 8.0, 8.0],
    }
)
VIEW = {"value": 7.04, "unit": "months", "is_lower_bound": False, "ci90": [5.0, 9.0], "figures_range": None}


@pytest.mark.parametrize("width", [1360, 358])
def test_each_verdict_has_a_mark_of_its_own_shape(width):
    figure = plot_claims(CLAIMS, DAYS, CAPTION, width=width)
    marks = [trace.marker.symbol for trace in figure.data if trace.name == "measured"]
    assert marks == [mark.symbol for mark in MARKS.values()] and len(set(marks)) == 3
    assert "<a " not in str(figure.to_dict())


def test_an_open_range_reaches_the_edge_and_guarded_days_break_the_line():
    figure = plot_claims(CLAIMS, DAYS, CAPTION)
    (claimed,) = (trace for trace in figure.data if trace.name == "claimed")
    assert claimed.y[:2] == (6.0, 9.0)
    assert claimed.y[7] == pytest.approx(figure.layout.yaxis.range[1])
    (lag,) = (trace for trace in figure.data if trace.name == "lag")
    assert lag.y[1] is None and lag.connectgaps is False


def test_claims_of_one_day_stand_beside_each_other():
    moved = sorted(spread_all([100.0, 100.0, 100.0], 17, 1000))
    assert moved[1] - moved[0] >= 16 and moved[2] - moved[1] >= 16
    assert all(8 <= x <= 292 for x in spread_all([150.0] * 40, 17, 300))


def test_without_claims_or_days_the_figure_is_empty_and_no_error():
    assert plot_claims(CLAIMS.iloc[:0], DAYS.iloc[:0], CAPTION).layout.title is not None


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_links(url, is_safe):
    assert find_link(url) == (url if is_safe else None)


def test_ranges_are_said_in_words():
    assert [say_range(ends) for ends in ([1.0, 2.0], [7.0, 7.0], [3.0, None], [None, 5.0], [None, None])] == [
        "1 to 2", "7", "at least 3", "at most 5", "",
    ]  # fmt: skip


def test_a_figure_is_said_with_its_interval_or_range_and_an_open_wait_as_such():
    assert say_measured(VIEW) == "7.0 months, 90% interval 5.0 to 9.0"
    ranged = VIEW | {"ci90": None, "figures_range": [1.0, 2.0]}
    assert say_measured(ranged) == "7.0 months, range of published figures 1.0 to 2.0"
    assert say_measured(VIEW | {"is_lower_bound": True, "ci90": [5.0, None]}) == "7.0 months so far"
    assert say_measured(VIEW | {"value": None}) == "not measured"


def test_every_claim_has_a_row_with_its_three_verdicts():
    frame = table_claims(keep_claims(read.open_current(get_home()), Choices()))
    assert list(frame["Verdict"]) == ["undetermined", "supported", "contradicted"]
    assert set(frame["Today"]) <= {"supported", "contradicted", "undetermined"}
    assert set(frame["Source"]) == {"https://example.org/claim"}


def test_the_page_counts_verdicts_and_shows_one_claim_inert(monkeypatch):
    app = open_page(monkeypatch, "claims")
    words = get_words(app)
    assert "support 1, contradict 1, and leave 1 open" in words
    assert LINK in words
    assert_inert(app)
    assert [button.proto.url for button in app.get("link_button")] == ["https://example.org/claim"]


def test_the_verdict_filters_and_lives_in_the_address(monkeypatch):
    app = open_page(monkeypatch, "claims", verdict="contradicted")
    assert list(app.dataframe[0].value["Verdict"]) == ["contradicted"]
    assert "outside the claimed range" in get_words(app)


def test_the_choices_keep_claims_and_name_the_view(monkeypatch):
    snapshot = read.open_current(get_home())
    assert [row["main"] for row in keep_claims(snapshot, Choices(known_then=True))] == [
        row["vintage"] for row in keep_claims(snapshot, Choices())
    ]
    assert keep_claims(snapshot, Choices(domain="coding")) == []
    assert keep_claims(snapshot, Choices(as_of=date(2025, 12, 31))) == []
    app = open_page(monkeypatch, "claims", **{"as-of": "2025-12-31"})
    assert "No public claim of this domain was made by this day." in get_words(app)
    assert "the figures public when it was made" in get_words(open_page(monkeypatch, "claims", known="yes"))


def test_one_claim_is_judged_by_the_rule_and_evidence_chosen(monkeypatch):
    snapshot = read.open_current(get_home())
    assert judge_claim(snapshot, "points", Choices()) is None
    assert read.check_claim(snapshot, "points", "point") == read.read_verdicts(snapshot, ["points"])[0]
    vendor = judge_claim(snapshot, "points", Choices(evidence="vendor"))
    assert vendor["hindsight"]["verdict"] == "undetermined" and vendor["hindsight"]["value"] is None
    app = open_page(monkeypatch, "claims", claim="points", evidence="vendor")
    assert "judged by your choices" in get_words(app)
    assert_inert(app)


def test_behind_a_score_stands_its_source_or_the_models_figures(monkeypatch):
    app = open_page(monkeypatch, "claims", claim="points")
    frame = app.dataframe[-1].value
    assert set(frame["Source"]) == {"data-and-methods?part=figures&model=cathay%2Fthree",
                                    "data-and-methods?part=figures&model=columbia%2Ftres"}  # fmt: skip
