"""Records: who set them, once a day, in the scores and in every draw; and what a panel refuses."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from stats_panels import EPOCH, STAIRS, make_panel, naive_records, panels

from warehouse.stats.panel import Panel, StatsError
from warehouse.stats.records import find_record, list_records, select_records, stack_scores


def test_a_record_is_set_by_a_strictly_higher_score():
    panel = make_panel(
        [
            ("first", "2024-01-01", 0.5, "frontier"),
            ("equal", "2024-02-01", 0.5, "frontier"),
            ("lower", "2024-03-01", 0.4, "frontier"),
            ("higher", "2024-04-01", 0.6, "frontier"),
            ("rival", "2024-01-01", 0.9, "domestic"),
        ]
    )
    assert [step.model for step in list_records(panel, "frontier")] == ["first", "higher"]
    assert list_records(panel, "frontier")[1].released == date(2024, 4, 1)
    assert list_records(panel, "frontier", date(2024, 3, 31))[-1].model == "first"


def test_a_day_sets_one_record_by_its_best_model():
    day = [(name, "2024-01-01", score, "frontier") for name, score in [("b", 0.7), ("a", 0.7), ("c", 0.6)]]
    assert [step.model for step in list_records(make_panel(day), "frontier")] == ["a"]


def test_standing_record_of_a_date():
    panel = make_panel(STAIRS)
    assert find_record(panel, "domestic", date(2024, 8, 31)).model == "d2"
    assert find_record(panel, "domestic", date(2024, 9, 1)).model == "d3"
    assert find_record(panel, "domestic", date(2023, 7, 31)) is None


def test_records_are_selected_anew_in_every_draw():
    rows = [("a", "2024-01-01", 1, "frontier"), ("b", "2024-02-01", 2, "frontier"), ("c", "2024-03-01", 3, "frontier")]
    panel = make_panel(rows, draws=np.array([[5.0, 2, 3], [1, 4, 3], [np.nan, 2, 3], [np.nan] * 3]))
    table = select_records(panel, "frontier", stack_scores(panel))
    assert table.row.tolist() == [[0, 1, 2], [0, -1, -1], [0, 1, -1], [1, 2, -1], [-1, -1, -1]]
    assert table.score[1].tolist() == [5, -np.inf, -np.inf]


@given(panels(with_draws=True))
@settings(max_examples=60, deadline=None)
def test_records_agree_with_the_definition_in_every_draw(panel):
    for cohort in ("domestic", "frontier"):
        table = select_records(panel, cohort, stack_scores(panel))
        for found, scores in zip(table.row, stack_scores(panel), strict=True):
            assert found[found >= 0].tolist() == naive_records(panel, cohort, scores)


@given(panels())
@settings(max_examples=40, deadline=None)
def test_a_dominated_model_changes_no_record(panel):
    top = list_records(panel, "frontier")[-1]
    rows = [(m, str(r), s, "frontier" if f else "domestic") for m, r, s, f in _rows(panel)]
    wider = make_panel([*rows, ("extra", top.released, top.score - 1, "frontier")])
    assert list_records(wider, "frontier") == list_records(panel, "frontier")


def _rows(panel):
    return zip(panel.models, panel.release, panel.score, panel.frontier, strict=True)


FINE = {
    "models": ("a", "b"),
    "release": np.array([EPOCH, EPOCH], dtype="datetime64[D]"),
    "score": np.array([0.1, 0.2]),
    "domestic": np.array([True, False]),
    "frontier": np.array([False, True]),
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"score": np.array([0.1, np.nan])}, r"finite; got NaN or infinity for \['b'\]"),
        ({"score": np.array([np.inf, 0.2])}, r"finite; got NaN or infinity for \['a'\]"),
        (
            {"release": np.array(["2024-01-01", "NaT"], dtype="datetime64[D]")},
            r"dates are missing; got none for \['b'\]",
        ),
        ({"models": ("a", "a")}, r"one score a model is needed; got more for \['a'\]"),
        ({"score": np.array([0.1])}, r"one value for each of 2 models; got \{'score': \(1,\)\}"),
        ({"draws": np.zeros((5, 3))}, r"got \{'draws': \(5, 3\)\}"),
        ({"draws": np.array([[0.1, np.inf]])}, "draws must be finite or NaN"),
    ],
)
def test_a_panel_refuses_what_no_estimate_can_rest_on(wrong, message):
    with pytest.raises(StatsError, match=message):
        Panel(**{**FINE, **wrong})


def test_a_panel_cannot_be_changed_behind_its_back():
    scores = np.array([0.1, 0.2])
    panel = Panel(**{**FINE, "score": scores})
    scores[0] = 9
    assert panel.score[0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        panel.score[0] = 9
