"""Standing and record lag: hand computations, the definition by plain loops, signs, match rules, series, bad input."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stats_panels import EPOCH, STAIRS, make_panel, months, naive_lag, panels

from warehouse.stats.gap import estimate_record_gap
from warehouse.stats.lag import estimate_lag, trace_lag
from warehouse.stats.match import NOT_SIGNIFICANTLY_WORSE, POINT, MatchRule, parse_rule
from warehouse.stats.panel import Panel, StatsError, count_day
from warehouse.stats.records import list_records

AS_OF = date(2025, 3, 1)
LATE = EPOCH + timedelta(60)


def test_standing_and_record_lag_by_hand():
    # d4 (0.70, 2025-01-01) is matched first by f3 (0.70, 2024-03-01): 365 days before the date, 306 before d4.
    lag = estimate_lag(make_panel(STAIRS), AS_OF)
    assert lag.standing_months == pytest.approx(365 / 30.4375)
    assert lag.record_months == pytest.approx(306 / 30.4375)
    assert (lag.leads, lag.matched.model, lag.domestic_record.model, lag.frontier_record.model) == (
        "frontier",
        "f3",
        "d4",
        "f4",
    )
    assert lag.standing_ci90 is None and lag.share_domestic_leads is None
    assert not lag.is_level and not estimate_lag(make_panel(STAIRS).swap(), AS_OF).is_level


def test_lag_as_of_an_earlier_date_knows_only_the_models_of_then():
    lag = estimate_lag(make_panel(STAIRS), date(2024, 12, 31))
    # d3 (0.65) is matched by f3 (0.70, 2024-03-01): 305 days before the date, 184 before d3's release.
    assert (lag.standing_months, lag.record_months) == (pytest.approx(months(305)), pytest.approx(months(184)))
    assert estimate_lag(make_panel(STAIRS[:7]), date(2024, 12, 31)) == lag


def test_standing_lag_grows_by_a_day_a_day_and_record_lag_stays():
    earlier, later = (estimate_lag(make_panel(STAIRS), AS_OF + timedelta(days)) for days in (0, 100))
    assert later.standing_months - earlier.standing_months == pytest.approx(months(100))
    assert later.record_months == earlier.record_months


def test_where_domestic_leads_the_roles_are_swapped():
    ahead = [*STAIRS, ("d5", "2025-02-01", 0.85, "domestic")]
    lag = estimate_lag(make_panel(ahead), AS_OF)
    # No frontier model reaches 0.85; f4 (0.80, 2024-12-01) is matched by d5, 28 days before the date, 62 after f4.
    assert (lag.leads, lag.matched.model) == ("domestic", "d5")
    assert lag.standing_months == pytest.approx(-months(28))
    assert lag.record_months == pytest.approx(months(62))


def test_equal_records_lead_by_the_earlier_date_and_are_level_on_one_day():
    rows = [("f", "2024-01-01", 0.7, "frontier"), ("d", "2024-03-01", 0.7, "domestic")]
    assert estimate_lag(make_panel(rows), AS_OF).standing_months == pytest.approx(months(425))
    level = estimate_lag(make_panel([rows[0], ("d", "2024-01-01", 0.7, "domestic")]), AS_OF)
    assert (level.leads, level.standing_months, level.record_months, level.is_level) == ("level", 0, 0, True)


def test_a_model_in_both_cohorts_is_its_own_match():
    lag = estimate_lag(make_panel([("x", "2024-01-01", 0.7, "both"), ("f", "2024-01-01", 0.6, "frontier")]), AS_OF)
    assert (lag.leads, lag.standing_months) == ("level", 0)


def test_tolerance_lets_an_earlier_frontier_record_match():
    # 0.70 - 0.10 reaches f2 (0.60, 2023-09-01), in spite of the binary forms of 0.7 - 0.1.
    lag = estimate_lag(make_panel(STAIRS), AS_OF, MatchRule("tolerance", delta=0.10))
    assert lag.matched.model == "f2"
    assert lag.standing_months == pytest.approx(months(547))
    assert lag.match_rule == "tolerance:0.1"
    assert lag.is_level  # d4 is within 0.10 of f4


def test_not_significantly_worse_is_the_share_of_joint_draws():
    rows = [
        ("f1", "2024-01-01", 0.60, "frontier"),
        ("f2", "2024-06-01", 0.66, "frontier"),
        ("d1", "2024-12-01", 0.70, "domestic"),
    ]
    for reaching, expected in [(1, "f2"), (2, "f1")]:
        draws = np.tile([0.60, 0.66, 0.70], (40, 1))
        draws[:reaching, 0] = 0.71  # f1 reaches d1 in 1/40 or 2/40 of the draws: below and at 5%
        draws[:6, 1] = 0.71
        lag = estimate_lag(make_panel(rows, draws), date(2025, 1, 1), NOT_SIGNIFICANTLY_WORSE)
        assert (lag.is_level, lag.leads) == (True, "domestic")
        swapped = estimate_lag(
            make_panel([*rows, ("f3", "2024-12-31", 0.8, "frontier")], _widen(draws)),
            date(2025, 1, 1),
            NOT_SIGNIFICANTLY_WORSE,
        )
        assert swapped.matched.model == expected


def _widen(draws):
    return np.column_stack([draws, np.full(len(draws), 0.8)])


def test_a_higher_score_matches_whatever_the_draws_say():
    rows = [("f1", "2024-01-01", 0.70, "frontier"), ("d1", "2024-12-01", 0.69, "domestic")]
    draws = np.tile([0.50, 0.69], (40, 1))
    lag = estimate_lag(make_panel(rows, draws), AS_OF, NOT_SIGNIFICANTLY_WORSE)
    assert (lag.leads, lag.matched.model, lag.standing_months) == ("frontier", "f1", pytest.approx(months(425)))


def test_not_significantly_worse_uses_that_the_draws_are_joint():
    rows = [
        ("f1", "2024-01-01", 0.60, "frontier"),
        ("f2", "2024-09-01", 0.80, "frontier"),
        ("d1", "2024-12-01", 0.62, "domestic"),
    ]
    noise = np.random.default_rng(1).normal(0, 0.05, (400, 1))
    together = np.array([0.60, 0.80, 0.62]) + noise
    apart = together + np.random.default_rng(2).normal(0, 0.05, (400, 3))
    found = [
        estimate_lag(make_panel(rows, draws), AS_OF, NOT_SIGNIFICANTLY_WORSE).matched.model
        for draws in (together, apart)
    ]
    assert found == ["f2", "f1"]


def test_intervals_come_from_records_selected_anew():
    # In half of the draws d5 falls below d4, so that the record and its match change.
    rows = [*STAIRS, ("d5", "2025-02-01", 0.79, "domestic")]
    draws = np.tile([row[2] for row in rows], (100, 1))
    draws[:50, -1] = 0.60
    lag = estimate_lag(make_panel(rows, draws), AS_OF)
    assert lag.standing_months == pytest.approx(months(90))  # f4, 2024-12-01
    assert (lag.standing_ci90.low, lag.standing_ci90.high) == (pytest.approx(months(90)), pytest.approx(months(365)))
    assert (lag.share_domestic_leads, lag.share_undefined) == (0, 0)


def test_draws_without_a_score_are_left_out_and_counted():
    rows = [("f", "2024-01-01", 0.7, "frontier"), ("d", "2024-03-01", 0.6, "domestic")]
    draws = np.array([[0.7, 0.6], [0.7, np.nan], [0.7, 0.8], [0.7, 0.6]])
    lag = estimate_lag(make_panel(rows, draws), AS_OF)
    assert (lag.share_undefined, lag.share_domestic_leads) == (0.25, pytest.approx(1 / 3))
    gap = estimate_record_gap(make_panel(rows, draws), AS_OF)
    assert gap.ci90.low == pytest.approx(-0.1) and gap.share_domestic_leads == pytest.approx(1 / 3)
    nothing = estimate_lag(make_panel(rows, np.full((3, 2), np.nan)), AS_OF)
    assert (nothing.standing_ci90, nothing.share_domestic_leads, nothing.share_undefined) == (None, None, 1)


def test_points_gap_by_hand_with_its_error_over_the_draws():
    rows = [("f", "2024-01-01", 0.7, "frontier"), ("d", "2024-01-01", 0.6, "domestic")]
    draws = np.array([[0.8, 0.6], [0.7, 0.6], [0.6, 0.6]])
    gap = estimate_record_gap(make_panel(rows, draws), AS_OF)
    assert (gap.points, gap.stderr) == (pytest.approx(0.1), pytest.approx(0.1))
    assert (gap.ci90.low, gap.ci90.high) == (pytest.approx(0), pytest.approx(0.2))
    assert gap.share_domestic_leads == estimate_lag(make_panel(rows, draws), AS_OF).share_domestic_leads == 0
    alone = estimate_record_gap(make_panel(rows), AS_OF)
    assert (alone.stderr, alone.ci90, alone.share_domestic_leads) == (None, None, None)


@given(panels(with_draws=True), st.sampled_from([0, 1, 2]))
@settings(max_examples=40, deadline=None)
def test_every_day_of_the_series_agrees_with_the_definition(panel, delta):
    rule = MatchRule("tolerance", delta=delta)
    series = trace_lag(panel, EPOCH, LATE, rule)
    for at in range(0, 61, 6):
        day = count_day(EPOCH) + at
        expected = naive_lag(panel, panel.score, day, delta)
        assert (series.standing_months[at], series.record_months[at]) == pytest.approx(expected)
        drawn = sorted(naive_lag(panel, scores, day, delta)[0] for scores in panel.draws)
        assert series.ci90[at] == pytest.approx([drawn[0], drawn[-1]])
        one = estimate_lag(panel, EPOCH + timedelta(at), rule)
        assert (one.standing_months, one.record_months) == pytest.approx(expected)


@given(panels(with_draws=True), st.integers(-5000, 5000), st.sampled_from([POINT, NOT_SIGNIFICANTLY_WORSE]))
@settings(max_examples=40, deadline=None)
def test_shifting_all_dates_shifts_no_lag(panel, days, rule):
    moved = replace(panel, release=panel.release + days)
    before, after = estimate_lag(panel, LATE, rule), estimate_lag(moved, LATE + timedelta(days), rule)
    assert (before.standing_months, before.record_months) == (after.standing_months, after.record_months)
    assert (before.standing_ci90, before.record_ci95) == (after.standing_ci90, after.record_ci95)


@given(panels(with_draws=True), st.sampled_from([POINT, MatchRule("tolerance", delta=2), NOT_SIGNIFICANTLY_WORSE]))
@settings(max_examples=60, deadline=None)
def test_swapping_the_blocs_negates_the_sign(panel, rule):
    lag, swapped = estimate_lag(panel, LATE, rule), estimate_lag(panel.swap(), LATE, rule)
    assert (swapped.standing_months, swapped.record_months) == (-lag.standing_months, -lag.record_months)
    assert (swapped.standing_ci90.low, swapped.standing_ci90.high) == (-lag.standing_ci90.high, -lag.standing_ci90.low)
    gap, turned = estimate_record_gap(panel, LATE), estimate_record_gap(panel.swap(), LATE)
    assert turned.points == -gap.points
    assert (gap.points > 0) <= (lag.leads == "frontier") and (gap.points < 0) <= (lag.leads == "domestic")


@given(panels(with_draws=True))
@settings(max_examples=40, deadline=None)
def test_a_monotone_rescaling_leaves_the_point_lag(panel):
    scaled = replace(panel, score=panel.score**3 + panel.score, draws=panel.draws**3 + panel.draws)
    assert estimate_lag(scaled, LATE).standing_ci90 == estimate_lag(panel, LATE).standing_ci90
    assert estimate_lag(scaled, LATE).standing_months == estimate_lag(panel, LATE).standing_months


@given(panels(with_draws=True), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_models_does_not_matter(panel, random):
    order = list(range(len(panel.models)))
    random.shuffle(order)
    fields = {name: getattr(panel, name)[order] for name in ("release", "score", "domestic", "frontier")}
    shuffled = Panel(tuple(panel.models[i] for i in order), **fields, draws=panel.draws[:, order])
    assert estimate_lag(shuffled, LATE, NOT_SIGNIFICANTLY_WORSE) == estimate_lag(panel, LATE, NOT_SIGNIFICANTLY_WORSE)


@given(panels())
@settings(max_examples=40, deadline=None)
def test_a_dominated_model_changes_no_lag(panel):
    record = list_records(panel, "domestic")[-1]
    rows = [
        (m, r, s, "frontier" if f else "domestic")
        for m, r, s, f in zip(panel.models, panel.release, panel.score, panel.frontier, strict=True)
    ]
    wider = make_panel([*rows, ("extra", record.released, record.score - 1, "domestic")])
    assert estimate_lag(wider, LATE) == estimate_lag(panel, LATE)


def test_the_series_is_undefined_before_both_cohorts_are_there():
    for first in (date(2023, 2, 1), date(2023, 7, 1)):
        series = trace_lag(make_panel(STAIRS), first, date(2023, 8, 2))
        assert np.isnan(series.standing_months).tolist() == [day < np.datetime64("2023-08-01") for day in series.dates]
    assert series.ci90 is None


def test_an_empty_cohort_and_unfit_rules_are_refused():
    with pytest.raises(StatsError, match="domestic cohort is empty; got no model released by 2023-07-31"):
        estimate_lag(make_panel(STAIRS), date(2023, 7, 31))
    with pytest.raises(StatsError, match="domestic cohort is empty"):
        estimate_record_gap(make_panel(STAIRS[:4]), AS_OF)
    with pytest.raises(StatsError, match="needs joint draws"):
        estimate_lag(make_panel(STAIRS), AS_OF, NOT_SIGNIFICANTLY_WORSE)
    with pytest.raises(StatsError, match="must not end before it starts"):
        trace_lag(make_panel(STAIRS), AS_OF, date(2025, 2, 1))
    with pytest.raises(StatsError, match="a date is missing"):
        estimate_lag(make_panel(STAIRS), None)


@pytest.mark.parametrize("text", ["point", "tolerance:0.02", "not_significantly_worse:0.05"])
def test_rules_are_read_as_they_are_written(text):
    assert parse_rule(text).label == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "points",
        "tolerance",
        "tolerance:x",
        "tolerance:-1",
        "tolerance:nan",
        "point:1",
        "not_significantly_worse:0.9",
    ],
)
def test_other_rules_are_refused(text):
    with pytest.raises(StatsError, match="match rule"):
        parse_rule(text)
