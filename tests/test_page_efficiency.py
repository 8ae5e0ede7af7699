"""The efficiency page: curves by bloc and year on a logarithmic axis, the least that reaches a score, tiers, cost."""

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from page_snapshot import assert_inert, get_figures, get_home, get_notes, get_words, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.price import plot_price
from dashboard.charts.records import Axis
from dashboard.charts.size import plot_size
from dashboard.frames_efficiency import read_curves, table_answers, table_reached, table_tiers
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "Somebody (CC BY 4.0)", "a definition", date(2026, 1, 1), "modelgap-1")
MODELS = pd.DataFrame(
    [
        ("One", "domestic", 7.0, 0.5, "vendor", "2024-01-01"),
        ("<a href=javascript:alert(1)>x</a>", "frontier", 70.0, 0.6, "independent", "2024-02-01"),
        ("Free", "frontier", 0.0, 0.1, "independent", "2024-02-01"),
    ],
    columns=["name", "bloc", "cost", "score", "origin", "day"],
)
CURVES = pd.DataFrame(
    [
        ("domestic", "2024", False, "One", 7.0, 0.5),
        ("domestic", "2026", True, "One", 7.0, 0.5),
        ("frontier", "2026", True, "<a href=javascript:alert(1)>x</a>", 70.0, 0.6),
    ],
    columns=["bloc", "year", "is_latest", "name", "cost", "score"],
)
QUIZ = read.Question(benchmark="quiz")


@pytest.fixture
def snapshot():
    return read.open_current(get_home())


@pytest.mark.parametrize("plot", [plot_size, plot_price])
@pytest.mark.parametrize("width", [1360, 358])
def test_the_axis_is_logarithmic_and_says_so(plot, width):
    figure = plot(MODELS, CURVES, Axis("fraction"), CAPTION, width=width)
    assert figure.layout.xaxis.type == "log"
    assert any("log scale" in note.text for note in figure.layout.annotations)


def test_a_curve_is_a_step_to_the_right_edge_and_a_free_model_has_no_place():
    figure = plot_size(MODELS, CURVES, Axis("fraction"), CAPTION)
    (line,) = (trace for trace in figure.data if trace.name == "domestic 2026")
    assert line.line.shape == "hv"
    assert line.y == (50.0, 50.0) and line.x[-1] == pytest.approx(10 ** figure.layout.xaxis.range[1])
    (points,) = (trace for trace in figure.data if trace.name == "frontier" and trace.mode == "markers")
    assert points.x == (70.0,)
    assert "<a " not in str(figure.to_dict())


def test_vendors_figures_are_hollow():
    figure = plot_size(MODELS, CURVES, Axis("fraction"), CAPTION)
    (points,) = (trace for trace in figure.data if trace.name == "domestic" and trace.mode == "markers")
    assert points.marker.color == ("#ffffff",)


def test_curves_are_as_of_each_years_end(snapshot):
    curves = read_curves(snapshot, QUIZ, "size")
    domestic = curves[curves["bloc"] == "domestic"]
    assert sorted(domestic["year"].unique()) == ["2024", "2025", "2026"]
    latest = domestic[domestic["is_latest"]]
    assert list(zip(latest["cost"], latest["score"], strict=True)) == [(7.0, 0.40), (70.0, 0.71)]


def test_the_least_that_reaches_a_score_is_named_with_its_cost(snapshot):
    frame = table_reached(snapshot, QUIZ, "price", "columbia/uno")
    rows = frame[frame["Cohort"] == "domestic"]
    assert list(rows["USD per 1M output tokens"])[-1] == min(rows["USD per 1M output tokens"])
    assert (frame["Cohort"] == "frontier").any()


def test_a_guarded_tier_says_why_and_gives_no_number(snapshot):
    frame = table_tiers(snapshot, QUIZ, "size")
    small = frame[frame["Tier"] == "up to 10B"].iloc[0]
    assert small.iloc[3] == "–" and "records" in small["Lag, months"]
    assert frame[frame["Tier"] == "all models"].iloc[0].iloc[3] != "–"


def test_a_correct_answer_costs_what_the_run_cost_by_its_marks(snapshot):
    frame = table_answers(snapshot)
    assert set(frame["Endpoint"]) == {"alpha"}
    first = frame[frame["Correct"] == 8].iloc[0]
    assert first["USD per 1,000 correct answers"] == pytest.approx(0.5 / 8 * 1000)


@pytest.mark.parametrize("change", [{"is_simulated": True}, {"status": "incomplete"}, {"cost_usd": None}])
def test_a_run_that_says_nothing_of_cost_is_left_out(snapshot, monkeypatch, change):
    rows = read.list_runs(snapshot).drop_columns(["outcomes", "failures"]).to_pylist()
    runs = pa.Table.from_pylist([row | change for row in rows])
    monkeypatch.setattr(read, "list_runs", lambda snapshot: runs)
    assert not len(table_answers(snapshot))


def test_the_page_shows_figure_and_tables_inert(monkeypatch):
    app = open_page(monkeypatch, "efficiency")
    (figure,) = get_figures(app)
    assert "log scale" in get_notes(figure) and "Source: " in get_notes(figure)
    assert len(app.dataframe) == 3
    assert_inert(app)


def test_price_is_a_choice_that_lives_in_the_address(monkeypatch):
    (figure,) = get_figures(open_page(monkeypatch, "efficiency", by="price"))
    assert "USD per million output tokens" in get_notes(figure)


def test_where_no_cost_is_known_the_page_says_so(monkeypatch):
    app = open_page(monkeypatch, "efficiency", by="active")
    assert not get_figures(app)
    assert "size or price known" in get_words(app)
