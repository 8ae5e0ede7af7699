"""Efficiency: the record curve against size, the least cost that reaches a score, unknown costs, a real example."""

from datetime import date

import numpy as np
import pytest
from stats_panels import make_panel

from warehouse.stats.efficiency import count_costed, find_cheapest, trace_cheapest, trace_efficiency
from warehouse.stats.panel import StatsError

NOW = date(2025, 1, 1)
ROWS = [
    ("big", "2023-03-01", 0.70, "frontier"),
    ("middle", "2023-09-01", 0.70, "frontier"),
    ("small", "2024-03-01", 0.60, "frontier"),
    ("poor", "2024-04-01", 0.55, "frontier"),
    ("secret", "2024-05-01", 0.90, "frontier"),
    ("later", "2025-06-01", 0.95, "frontier"),
    ("home", "2024-06-01", 0.72, "domestic"),
]
SIZES = np.array([175, 70, 7, 13, np.nan, 3, 9])


def test_the_curve_keeps_models_that_no_smaller_one_matches():
    steps = trace_efficiency(make_panel(ROWS), SIZES, "frontier", NOW)
    assert [(step.model, step.cost, step.score) for step in steps] == [("small", 7, 0.60), ("middle", 70, 0.70)]


def test_the_cheapest_model_that_reaches_a_score():
    panel = make_panel(ROWS)
    assert find_cheapest(panel, SIZES, "frontier", 0.70, date(2023, 6, 1)).model == "big"
    assert find_cheapest(panel, SIZES, "frontier", 0.70, NOW).model == "middle"
    assert find_cheapest(panel, SIZES, "domestic", 0.70, NOW).released == date(2024, 6, 1)
    assert find_cheapest(panel, SIZES, "frontier", 0.80, NOW) is None  # the only one keeps its size to itself


def test_the_least_cost_falls_step_by_step():
    steps = trace_cheapest(make_panel(ROWS), SIZES, "frontier", 0.60)
    assert [(step.model, step.cost) for step in steps] == [("big", 175), ("middle", 70), ("small", 7), ("later", 3)]


def test_a_later_model_of_the_same_cost_is_no_step():
    sizes = np.where(np.isnan(SIZES), 70, SIZES)
    assert [step.model for step in trace_cheapest(make_panel(ROWS), sizes, "frontier", 0.70)] == [
        "big",
        "middle",
        "later",
    ]


def test_unknown_costs_are_counted():
    assert count_costed(make_panel(ROWS), SIZES, "frontier", NOW) == (4, 5)
    assert count_costed(make_panel(ROWS), [None] * 7, "domestic", NOW) == (0, 1)


def test_minicpm_2b_reaches_the_average_of_a_model_three_times_its_size():
    # Averages printed in MiniCPM's own README (February 2024): 52.33 for MiniCPM-2B, 48.97 for Mistral-7B.
    rows = [
        ("mistralai/mistral-7b", "2023-09-27", 48.97, "frontier"),
        ("openbmb/minicpm-2b", "2024-02-01", 52.33, "domestic"),
    ]
    panel, sizes = make_panel(rows), [7.2, 2.4]
    reached = find_cheapest(panel, sizes, "domestic", 48.97, date(2024, 2, 1))
    assert (reached.model, reached.cost) == ("openbmb/minicpm-2b", 2.4)
    assert find_cheapest(panel, sizes, "frontier", 52.33, date(2024, 2, 1)) is None


@pytest.mark.parametrize(
    ("cost", "message"),
    [(SIZES[:3], "one cost a model"), (-SIZES, "costs must be >= 0"), (np.full(7, np.inf), "costs must be >= 0")],
)
def test_bad_costs_are_refused(cost, message):
    for call in (
        lambda: trace_efficiency(make_panel(ROWS), cost, "frontier", NOW),
        lambda: trace_cheapest(make_panel(ROWS), cost, "frontier", 0.5),
        lambda: count_costed(make_panel(ROWS), cost, "frontier", NOW),
    ):
        with pytest.raises(StatsError, match=message):
            call()
