"""The landscape page: counts of different things stand apart; lower bounds are marked; the registry counts its own."""

import json
from datetime import date

import pandas as pd
import pytest
from page_snapshot import LINK, assert_inert, get_figures, get_home, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.landscape import plot_landscape
from dashboard.frames_landscape import count_registered, read_counts, say_registered, table_counts
from dashboard.questions import Choices
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "Somebody", "a definition", date(2026, 1, 1), "modelgap-1")
COUNTS = pd.DataFrame(
    [
        ("filed", "filed", LINK, date(2024, 5, 1), 100, False),
        ("filed", "filed", LINK, date(2025, 5, 1), 300, False),
        ("other", "other", "others", date(2025, 6, 1), 50, True),
    ],
    columns=["series", "label", "name", "day", "n", "is_lower_bound"],
)
OWN = pd.DataFrame([("domestic", 2024, 3), ("domestic", 2025, 5), ("frontier", 2025, 4)], columns=["bloc", "year", "n"])


@pytest.mark.parametrize("width", [1360, 358])
def test_series_are_never_joined(width):
    figure = plot_landscape(COUNTS, OWN, CAPTION, width=width)
    lines = [tuple(trace.y) for trace in figure.data if trace.name == "count"]
    assert lines == [(100, 300), (50,)]
    assert "<a " not in str(figure.to_dict())


def test_a_lower_bound_is_an_arrow_and_says_at_least():
    figure = plot_landscape(COUNTS, OWN, CAPTION)
    bound = next(trace for trace in figure.data if trace.name == "count" and trace.y == (50,))
    assert bound.marker.symbol == ("triangle-up-open",)
    assert bound.customdata[0][0] == "at least 50"


def test_blocs_are_told_apart_by_dash_and_marker_on_an_axis_from_zero():
    figure = plot_landscape(COUNTS, OWN, CAPTION)
    own = {trace.name: trace for trace in figure.data if trace.xaxis == "x2"}
    assert {(trace.line.dash, trace.marker.symbol) for trace in own.values()} == {
        ("solid", "circle"),
        ("11px,5px", "diamond"),
    }
    assert figure.layout.yaxis2.range[0] == 0


def test_the_registry_counts_models_by_bloc_and_year():
    frame = count_registered(read.open_current(get_home()))
    counted = {(row.bloc, row.year): row.n for row in frame.itertuples()}
    assert counted[("domestic", 2025)] == 3 and counted[("frontier", 2024)] == 3
    assert "other" in say_registered(frame)


def test_the_table_marks_lower_bounds_and_keeps_every_source():
    frame = table_counts(read_counts(read.open_current(get_home())))
    assert list(frame["Count"]) == ["at least 50", "300", "100"]
    assert set(frame["Source"]) == {"https://example.org/count"}


def test_the_page_shows_figure_and_table_inert(monkeypatch):
    app = open_page(monkeypatch, "landscape")
    assert len(get_figures(app)) == 1 and len(app.dataframe) == 1
    assert_inert(app)


def test_cohorts_and_day_turn_both_panels(monkeypatch):
    snapshot = read.open_current(get_home())
    assert list(read_counts(snapshot, date(2025, 5, 1))["n"]) == [100, 300]
    early = count_registered(snapshot, Choices(as_of=date(2024, 12, 31)))
    assert set(early["year"]) == {2024}
    own = count_registered(snapshot, Choices(domestic="cathay", frontier="all"))
    whole = read.list_models(snapshot).to_pylist()
    assert own[own["bloc"] == "frontier"]["n"].sum() == sum(row["bloc"] != "baseline" for row in whole)
    app = open_page(monkeypatch, "landscape", domestic="cathay", **{"as-of": "2025-05-01"})
    assert "cathay" in json.dumps(get_figures(app)[0]) and len(app.dataframe[0].value) == 2
