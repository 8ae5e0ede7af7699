"""Kaplan-Meier: a hand computation, lifelines on the same data, ties, censoring and bad input."""

import lifelines
import numpy as np
import pytest
from lifelines.utils import median_survival_times

from warehouse.stats.panel import StatsError
from warehouse.stats.survival import estimate_survival, take_median, take_median_interval


def test_survival_and_greenwood_by_hand():
    # 5 durations, censored at 2 and 4: S(1) = 4/5, S(3) = 4/5 * 2/3, S(6) = 0.
    curve = estimate_survival([1, 2, 3, 4, 6], [True, False, True, False, True])
    assert curve.times.tolist() == [1, 3, 6]
    assert curve.survival == pytest.approx([4 / 5, 8 / 15, 0])
    assert curve.greenwood[:2] == pytest.approx([1 / 20, 1 / 20 + 1 / 6])
    assert take_median(curve) == 6


def test_the_median_is_none_where_over_half_wait_on():
    curve = estimate_survival([1, 2, 3, 4], [True, False, False, False])
    assert take_median(curve) is None
    assert take_median_interval(curve, 0.95).high is None
    assert take_median(estimate_survival([1, 2], [False, False])) is None


def test_the_median_of_an_even_number_is_where_survival_meets_one_half():
    assert take_median(estimate_survival([-3, -1, 2, 5], [True] * 4)) == -1


@pytest.mark.parametrize("seed", range(25))
def test_curve_median_and_interval_agree_with_lifelines(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    durations = rng.integers(1, 25, n) if seed % 2 else rng.exponential(10, n)
    observed = rng.random(n) < rng.choice([0.3, 0.6, 0.9])
    if not observed.any():
        observed[0] = True
    fitter = lifelines.KaplanMeierFitter(alpha=0.05).fit(durations, observed)
    curve = estimate_survival(durations, observed)
    assert curve.survival == pytest.approx(fitter.predict(curve.times).to_numpy())
    if not np.isclose(curve.survival, 0.5).any():  # there lifelines' comparison is up to rounding; see the tests above
        assert take_median(curve) == pytest.approx(_finite(fitter.median_survival_time_))
    low, high = median_survival_times(fitter.confidence_interval_).to_numpy()[0]
    interval = take_median_interval(curve, 0.95)
    assert interval.low == pytest.approx(_finite(low))
    assert interval.high == pytest.approx(_finite(high))


def _finite(time):
    return None if np.isinf(time) else time


@pytest.mark.parametrize(("durations", "observed"), [([], []), ([1.0, np.nan], [True, True]), ([1.0], [True, False])])
def test_unfit_durations_are_refused(durations, observed):
    with pytest.raises(StatsError, match="finite durations, each with its mark"):
        estimate_survival(durations, observed)
