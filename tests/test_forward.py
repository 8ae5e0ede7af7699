"""Forward lag: hand computation with a censored wait, negative waits, the definition in every draw, bad input."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from stats_panels import EPOCH, STAIRS, make_panel, months, naive_records, panels

from warehouse.stats.forward import estimate_forward_lag
from warehouse.stats.match import NOT_SIGNIFICANTLY_WORSE, MatchRule
from warehouse.stats.panel import StatsError, count_day
from warehouse.stats.survival import estimate_survival, take_median

AS_OF = date(2025, 3, 1)


def test_waits_and_median_by_hand():
    # f1 waits 337 days for d2, f2 366 for d3, f3 306 for d4, f4 is unmatched after 90.
    # Kaplan-Meier: S(306) = 2/3, S(337) = 1/3: the median is 337 days, not the matched mean of 336.
    forward = estimate_forward_lag(make_panel(STAIRS), AS_OF)
    waits = [(wait.target.model, wait.matched and wait.matched.model, wait.months) for wait in forward.waits]
    assert waits == [
        ("f1", "d2", pytest.approx(months(337))),
        ("f2", "d3", pytest.approx(months(366))),
        ("f3", "d4", pytest.approx(months(306))),
        ("f4", None, pytest.approx(months(90))),
    ]
    assert forward.km_median_months == pytest.approx(months(337))
    assert (forward.matched, forward.total, forward.ci90) == (3, 4, None)
    assert forward.oldest_unmatched_months == pytest.approx(months(90))


def test_a_match_after_the_date_is_not_known_yet():
    forward = estimate_forward_lag(make_panel(STAIRS), date(2024, 8, 31))
    assert [wait.observed for wait in forward.waits] == [True, False, False]
    # When f1 is matched after 337 days, f2 (365 so far) waits on and f3 (183 so far) is out of sight: S = 1/2.
    assert (forward.km_median_months, forward.matched, forward.total) == (pytest.approx(months(337)), 1, 3)
    assert forward.oldest_unmatched_months == pytest.approx(months(365))


def test_only_the_records_since_a_date_count():
    forward = estimate_forward_lag(make_panel(STAIRS), AS_OF, since=date(2024, 1, 1))
    assert [wait.target.model for wait in forward.waits] == ["f3", "f4"]


def test_a_record_that_was_matched_before_it_was_set_waits_a_negative_time():
    rows = [("f1", "2024-03-01", 0.5, "frontier"), ("d1", "2024-01-01", 0.6, "domestic")]
    assert estimate_forward_lag(make_panel(rows), AS_OF).km_median_months == pytest.approx(-months(60))


def test_a_looser_rule_shortens_the_wait():
    forward = estimate_forward_lag(make_panel(STAIRS), AS_OF, MatchRule("tolerance", delta=0.02))
    assert forward.waits[1].matched.model == "d2"  # 0.58 for 0.60
    assert forward.waits[1].months == pytest.approx(months(153))


def test_draws_without_a_median_leave_the_upper_bound_open():
    rows = [("f1", "2024-01-01", 0.5, "frontier"), ("d1", "2024-06-01", 0.6, "domestic")]
    draws = np.tile([0.5, 0.6], (100, 1))
    draws[:20, 1] = 0.4
    forward = estimate_forward_lag(make_panel(rows, draws), AS_OF)
    assert forward.share_undefined == 0.2
    assert forward.ci90.low == pytest.approx(months(152))
    assert forward.ci90.high is None


def test_without_any_domestic_model_every_record_is_unmatched():
    forward = estimate_forward_lag(make_panel(STAIRS[:4]), AS_OF)
    assert (forward.km_median_months, forward.matched, forward.total) == (None, 0, 4)


def test_no_frontier_record_within_the_dates_is_refused():
    with pytest.raises(StatsError, match="no frontier record; got none from 2025-01-01 to 2025-03-01"):
        estimate_forward_lag(make_panel(STAIRS), AS_OF, since=date(2025, 1, 1))


@given(panels(with_draws=True))
@settings(max_examples=40, deadline=None)
def test_waits_agree_with_the_definition_in_every_draw(panel):
    forward = estimate_forward_lag(panel, EPOCH + timedelta(30))
    medians = [_naive_median(panel, scores, count_day(EPOCH) + 30) for scores in (panel.score, *panel.draws)]
    assert forward.km_median_months == pytest.approx(medians[0])
    drawn = sorted(np.inf if median is None else median for median in medians[1:])
    assert forward.ci90.low == pytest.approx(None if np.isinf(drawn[0]) else drawn[0])
    assert forward.ci90.high == pytest.approx(None if np.isinf(drawn[-1]) else drawn[-1])


def _naive_median(panel, scores, last):
    durations, observed = [], []
    for record in naive_records(panel, "frontier", scores):
        if panel.days[record] > last:
            continue
        domestic = np.flatnonzero(panel.domestic & (panel.days <= last))
        met = [panel.days[row] for row in domestic if scores[row] >= scores[record]]
        durations.append(months(min(met, default=last) - panel.days[record]))
        observed.append(bool(met))
    return take_median(estimate_survival(durations, observed))


def test_not_significantly_worse_matches_more_than_point():
    draws = np.array([row[2] for row in STAIRS]) + np.random.default_rng(3).normal(0, 0.04, (200, len(STAIRS)))
    panel = make_panel(STAIRS, draws)
    point, loose = (estimate_forward_lag(panel, AS_OF, rule) for rule in (MatchRule(), NOT_SIGNIFICANTLY_WORSE))
    assert loose.km_median_months < point.km_median_months
    assert loose.matched >= point.matched
