"""The rule that judges a claim, and the figures it judges: by hand, on eight made-up models."""

from datetime import date

import numpy as np
import pytest

from tests.stats_panels import STAIRS, make_panel
from warehouse.claim_readings import measure_position, measure_records, measure_wait, measure_waits
from warehouse.claim_views import find_allowed
from warehouse.stats.bootstrap import Interval
from warehouse.stats.match import POINT, MatchRule
from warehouse.verdicts import Finding, Reading, Span, combine, judge

DAY = date(2025, 3, 1)
SIX = Span(5.0, 7.0)
ANY = Span(None, None)


def finding(value, *, draws=None, allowed=SIX, bounds=None, elapsed=None, **known) -> Finding:
    reading = Reading(value, None if draws is None else np.array(draws, dtype=float), bounds, elapsed=elapsed)
    return Finding(DAY, "months", allowed, allowed, reading, **known)


@pytest.mark.parametrize(
    ("found", "word", "why"),
    [
        (finding(6, draws=[6, 6.5, 9]), "supported", "lies in the claimed range"),
        (finding(5), "supported", "lies in"),
        (finding(6), "supported", "lies in"),
        (finding(6, draws=[8, 9, 6]), "undetermined", "only 33% of the draws do"),
        (finding(9, draws=[9, 9, 9.5]), "contradicted", "90% interval lie outside"),
        (finding(9, draws=[6.9, 9, 9.5]), "undetermined", "90% interval reaches into it"),
        (finding(4, draws=[4, 4, 4.9]), "contradicted", "outside"),
        (finding(9), "undetermined", "no interval is known"),
        (finding(9, draws=[np.nan, np.nan]), "undetermined", "no interval is known"),
        (finding(9, bounds=Interval(8, 10, 0)), "contradicted", "outside"),
        (finding(9, bounds=Interval(7, 10, 0)), "undetermined", "reaches into it"),
        (finding(9, draws=[9, 9], others=(Reading(6.5, label="by x"),)), "undetermined", "but not by x"),
        (finding(9, draws=[9, 9], others=(Reading(8, np.array([7.0, 8]), label="by x"),)), "undetermined", "not by x"),
        (finding(9, draws=[9, 9], others=(Reading(8, np.array([7.5, 8])),)), "contradicted", "outside"),
        (finding(9, draws=[9, 9], gap_in_evidence="the best is missing"), "undetermined", "the best is missing"),
        (finding(6, blocked="stale"), "undetermined", "stale"),
        (Finding(DAY, "", ANY, ANY), "undetermined", "nothing was measured"),
        (finding(np.nan), "undetermined", "nothing was measured"),
    ],
)
def test_a_figure_is_held_against_the_claimed_range(found, word, why):
    verdict, reason = judge(found)
    assert (verdict, why in reason) == (word, True), reason


@pytest.mark.parametrize(
    ("elapsed", "allowed", "draws", "word"),
    [
        (4, SIX, [np.inf, np.inf], "undetermined"),  # not due yet
        (6, SIX, [np.inf, np.inf], "undetermined"),  # may still be met within the range
        (9, SIX, [np.inf, np.inf], "contradicted"),  # overdue
        (9, SIX, [6, np.inf, np.inf], "undetermined"),  # but some draws matched in time
        (9, Span(8, None), [np.inf, np.inf, 3], "supported"),
        (2, Span(8, None), [np.inf, np.inf], "supported"),  # open, and so later than any
    ],
)
def test_a_wait_that_is_still_open_counts_as_later_than_any(elapsed, allowed, draws, word):
    assert judge(finding(np.inf, draws=draws, allowed=allowed, elapsed=elapsed))[0] == word


def test_a_statement_of_several_parts_is_as_good_as_its_worst():
    yes, no, maybe = ("supported", "a"), ("contradicted", "b"), ("undetermined", "c")
    assert combine([yes, yes]) == ("supported", "a", 0)
    assert combine([yes, maybe, no]) == ("contradicted", "b", 2)
    assert combine([yes, maybe]) == ("undetermined", "c", 1)


def test_a_claimed_range_is_widened_by_its_rounding_and_only_a_closed_one_by_what_counts_as_no_gap():
    assert find_allowed(Span(18, 18), 3, 0) == Span(15, 21)
    assert find_allowed(Span(0.3, 0.3), 0.05, 2.0) == Span(-1.7, 2.3)
    assert find_allowed(Span(0, None), 0, 2.0) == Span(0, None)
    assert find_allowed(Span(None, 2), 0.5, 2.0) == Span(None, 2.5)


PANEL = make_panel(STAIRS)


@pytest.mark.parametrize(
    ("quantity", "take", "since", "day", "value"),
    [
        ("standing_lag", "value", None, date(2025, 3, 1), 365 / 30.4375),  # f3, as in docs/methods.md
        ("record_lag", "value", None, date(2025, 3, 1), 306 / 30.4375),
        ("points", "value", None, date(2024, 12, 1), 0.80 - 0.65),
        ("points", "least", date(2024, 8, 1), date(2024, 12, 31), 0.70 - 0.65),
        ("points", "greatest", date(2024, 8, 1), date(2024, 12, 31), 0.80 - 0.65),
        ("points", "change", date(2024, 8, 31), date(2024, 12, 1), 0.15 - 0.12),
        ("points", "mean", date(2024, 11, 30), date(2024, 12, 1), (0.05 + 0.15) / 2),
    ],
)
def test_a_lag_or_a_gap_on_a_day_or_over_a_period(quantity, take, since, day, value):
    found = measure_records(PANEL, since or day, day, POINT, quantity, take, ANY)
    assert found.reading.value == pytest.approx(value)


def test_the_day_that_suits_a_claim_best_is_found_in_points_or_in_percent():
    period = date(2024, 8, 1), date(2024, 12, 31)
    found = measure_records(PANEL, *period, POINT, "points", "closest", Span(0.06, 0.06))
    assert (found.day, found.reading.value) == (date(2024, 9, 1), pytest.approx(0.05))
    assert {role: PANEL.models[row] for role, row in found.rows.items()} == {"of": "d3", "against": "f3"}
    # 0.12 / 0.58 is 21% until September, 0.05 / 0.65 is 8% until December, 0.15 / 0.65 is 23% from then on
    found = measure_records(PANEL, *period, POINT, "points", "closest", Span(23, 23), percent=True)
    assert found.day == date(2024, 12, 1)


def test_a_wait_runs_from_the_release_or_from_the_claim_and_stays_open_while_nothing_matches():
    f2, f4 = PANEL.models.index("f2"), PANEL.models.index("f4")
    found = measure_wait(PANEL, f2, None, DAY, POINT)
    assert found.reading.value == pytest.approx(366 / 30.4375)
    assert PANEL.models[found.rows["first match"]] == "d3"
    assert measure_wait(PANEL, f2, date(2024, 3, 1), DAY, POINT).reading.value == pytest.approx(184 / 30.4375)
    assert np.isinf(measure_wait(PANEL, f2, None, date(2024, 8, 31), POINT).reading.value)
    still = measure_wait(PANEL, f4, None, DAY, POINT)
    assert (np.isinf(still.reading.value), "first match" in still.rows) == (True, False)
    assert still.reading.elapsed == pytest.approx(90 / 30.4375)
    assert measure_wait(PANEL, f4, None, DAY, MatchRule("tolerance", delta=0.1)).reading.value == pytest.approx(
        31 / 30.4375
    )


def test_the_waits_of_all_records_have_a_median_a_least_and_a_greatest():
    waits = {
        take: measure_waits(PANEL, None, DAY, POINT, take).reading.value for take in ("median", "least", "greatest")
    }
    assert waits == pytest.approx({"median": 337 / 30.4375, "least": 306 / 30.4375, "greatest": 366 / 30.4375})
    nothing = measure_waits(PANEL, date(2024, 12, 1), DAY, POINT, "greatest")
    assert np.isnan(nothing.reading.value) and not nothing.rows


def test_draws_move_with_the_figure():
    draws = np.tile(PANEL.score, (3, 1))
    draws[0, 2] = 0.64  # f3 falls below d3, so that f4 of December 2024 is the first to match it
    draws[1, 5] = np.nan  # d2 has no score
    panel = make_panel(STAIRS, draws)
    lag = measure_records(panel, date(2024, 12, 15), date(2024, 12, 15), POINT, "standing_lag", "value", ANY)
    assert lag.reading.draws.tolist() == pytest.approx([14 / 30.4375, 289 / 30.4375, 289 / 30.4375])
    wait = measure_wait(panel, 0, None, DAY, POINT)
    assert wait.reading.draws.tolist() == pytest.approx([337 / 30.4375, 550 / 30.4375, 337 / 30.4375])


def test_a_position_is_between_two_models():
    found = measure_position(PANEL, PANEL.models.index("f1"), PANEL.models.index("f2"), date(2024, 3, 1))
    assert found.reading.value == pytest.approx(0.8)
    assert PANEL.models[found.rows["of"]] == "d2"
