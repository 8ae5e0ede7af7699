"""The trend: against statsmodels and a hand computation, its coverage by simulation, and when it says nothing."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm

from warehouse.stats.trend import TrendDataError, fit_trend

START = date(2023, 1, 1)


def days_apart(n: int, step: int = 90) -> list[date]:
    return [START + timedelta(days=step * k) for k in range(n)]


def test_a_line_by_hand():
    # 10, 9, ... falling by one every 90 days, an error of +-0.1 in turns that leaves the slope alone.
    error = np.array([0.1, -0.1, -0.1, 0.1, 0.1, -0.1, -0.1, 0.1])
    trend = fit_trend(days_apart(8), 10 - np.arange(8) + error)
    assert trend.slope_per_year == pytest.approx(-365.25 / 90)
    assert (trend.n_records, trend.first, trend.last) == (8, START, START + timedelta(days=630))
    ahead = trend.forecast(START + timedelta(days=720))
    assert ahead.value == pytest.approx(2)
    assert 1.6 < ahead.low < 1.85 and 2.15 < ahead.high < 2.4


def test_intervals_are_statsmodels():
    dates = days_apart(9, 60)
    value = np.linspace(3, 8, 9) + np.array([0.5, -0.6, 0.4, -0.2, 0.1, -0.7, 0.6, -0.3, 0.2])  # signs alternate
    x = np.array([(day - START).days for day in dates])
    ols = sm.OLS(value, sm.add_constant(x)).fit()
    trend = fit_trend(dates, value, n_draws=40000)
    expected = ols.conf_int(0.10)[1] * 365.25
    assert (trend.slope_low, trend.slope_high) == pytest.approx(expected, abs=0.03 * np.ptp(expected))
    later = START + timedelta(days=700)
    expected = ols.get_prediction([[1, 700]]).conf_int(obs=True, alpha=0.10)[0]
    forecast = trend.forecast(later)
    assert (forecast.low, forecast.high) == pytest.approx(expected, abs=0.03 * np.ptp(expected))


@pytest.mark.parametrize(("correlation", "least", "most"), [(0.0, 0.90, 0.96), (0.5, 0.77, 0.83)])
def test_the_slopes_interval_covers_the_truth_as_often_as_documented(correlation, least, most):
    rng = np.random.default_rng(0)
    inside = []
    for seed in range(400):
        error = rng.standard_normal(10)
        for k in range(1, 10):
            error[k] = correlation * error[k - 1] + np.sqrt(1 - correlation**2) * error[k]
        trend = fit_trend(days_apart(10), 5 + error - 0.2 * np.arange(10), n_draws=400, seed=seed)
        inside.append(trend.slope_low <= -0.2 * 365.25 / 90 <= trend.slope_high)
    assert least <= np.mean(inside) <= most, np.mean(inside)


def test_the_values_own_error_widens_the_interval():
    value = 10 - np.arange(8) + np.array([0.1, -0.1] * 4)
    shared = np.linspace(-1, 1, 200)[:, None] * np.arange(8)  # tilts the whole line
    plain, wide = fit_trend(days_apart(8), value), fit_trend(days_apart(8), value, draws=value + shared)
    assert wide.slope_per_year == plain.slope_per_year
    assert wide.slope_high - wide.slope_low > 5 * (plain.slope_high - plain.slope_low)


def test_no_forecast_beyond_what_the_records_reach_back():
    trend = fit_trend(days_apart(8), 10 - np.arange(8))
    assert trend.horizon == START + timedelta(days=1260)
    for day in (START - timedelta(days=1), trend.horizon + timedelta(days=1)):
        with pytest.raises(TrendDataError, match="Ask for a day"):
            trend.forecast(day)


def test_a_crossing_comes_with_its_interval():
    error = np.array([0.1, -0.1, -0.1, 0.1, 0.1, -0.1, -0.1, 0.1])
    crossing = fit_trend(days_apart(8), 10 - np.arange(8) + error).find_crossing(0)
    assert crossing.on == START + timedelta(days=900)
    assert START + timedelta(days=630) < crossing.earliest < crossing.on < crossing.latest
    assert crossing.reason is None


@pytest.mark.parametrize(
    ("value", "target", "reason"),
    [
        (10 - np.arange(8) + np.array([3.0, -3, -3, 3, 3, -3, -3, 3]), 0, "of the lines drawn reach 0 by 2026-06"),
        (10 + np.arange(8.0), 0, "^0% of the lines drawn"),
        (10 - np.arange(8.0), 8, "has reached 8 already"),
        (10 - 0.1 * np.arange(8), 0, "^0% of the lines drawn"),
        (np.full(8, 3.0), 0, "^0% of the lines drawn"),
    ],
)
def test_no_date_without_a_whole_interval(value, target, reason):
    crossing = fit_trend(days_apart(8), value).find_crossing(target)
    assert (crossing.on, crossing.earliest, crossing.latest) == (None, None, None)
    assert re.search(reason, crossing.reason), crossing.reason


@pytest.mark.parametrize(
    ("dates", "values", "more", "message"),
    [
        (days_apart(4), np.arange(4.0), {}, "at least 5 records on different days are needed; got 4"),
        ([START] * 6, np.arange(6.0), {}, "different days are needed; got 1"),
        (days_apart(6, 20), np.arange(6.0), {}, "span at least 180 days; got 2023-01-01 to 2023-04-11"),
        (days_apart(6), np.array([1, 2, 3, np.nan, 5, 6]), {}, "finite"),
        (days_apart(6), np.arange(5.0), {}, "got 6 dates, 5 values"),
        (days_apart(6), np.arange(6.0), {"draws": np.zeros((10, 5))}, "column of draws"),
        (days_apart(6), np.arange(6.0), {"draws": np.full((10, 6), np.inf)}, "finite"),
        (days_apart(6), np.arange(6.0), {"level": 90}, "between 0 and 1"),
    ],
)
def test_what_cannot_carry_a_trend_is_refused(dates, values, more, message):
    with pytest.raises(TrendDataError, match=message):
        fit_trend(dates, values, **more)


def test_a_seed_gives_the_same_lines():
    value = 10 - np.arange(8) + np.array([0.1, -0.2] * 4)
    one, same, other = (fit_trend(days_apart(8), value, seed=seed) for seed in (1, 1, 2))
    assert one.slope_low == same.slope_low != other.slope_low
