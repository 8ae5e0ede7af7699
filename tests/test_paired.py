"""Points gaps: hand computations, statsmodels on the same data, strata, unpaired, detectable gap, Holm, bootstrap."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from warehouse.stats.bootstrap import draw_means, take_bounds, take_interval
from warehouse.stats.multiplicity import adjust_holm
from warehouse.stats.paired import combine_strata, estimate_paired_gap, estimate_unpaired_gap
from warehouse.stats.panel import StatsError


def test_paired_gap_by_hand():
    # d = (1, 0, 0, 1): mean 1/2, residuals +-1/2, stderr = sqrt(4 * 1/4) / 4 = 1/4.
    gap = estimate_paired_gap([1, 1, 0, 1], [0, 1, 0, 0])
    assert (gap.points, gap.stderr, gap.n_items, gap.n_clusters, gap.paired) == (0.5, 0.25, 4, 4, True)
    assert gap.ci95.high - gap.points == pytest.approx(3.182446 * 0.25, rel=1e-6)  # Student, 3 degrees of freedom
    assert gap.minimum_detectable == pytest.approx(2.801585 * 0.25, rel=1e-6)


def test_clustered_gap_by_hand():
    # Clusters {1, 0} and {0, 1} around 1/2 sum to 0 and 0; {1, 1} and {0, 0} to 1 and -1: sqrt(2) / 4.
    gap = estimate_paired_gap([1, 1, 0, 0], [0, 0, 0, 0], clusters=["a", "a", "b", "b"])
    assert gap.stderr == pytest.approx(np.sqrt(2) / 4)
    assert (gap.n_items, gap.n_clusters) == (4, 2)


def test_repeats_are_averaged_item_by_item():
    repeated = estimate_paired_gap(np.array([[1, 0], [1, 1], [0, 0]]), np.array([[0, 0, 0], [1, 1, 0], [0, 0, 1]]))
    assert repeated.points == pytest.approx(np.mean([0.5, 1 / 3, -1 / 3]))
    assert repeated.n_items == 3


@pytest.mark.parametrize("seed", range(5))
def test_clustered_error_agrees_with_statsmodels(seed):
    rng = np.random.default_rng(seed)
    clusters = rng.integers(0, 30, 200)
    frontier = rng.random(200) + 0.3 * rng.random(30)[clusters]
    domestic = rng.random(200)
    options = {"groups": clusters, "use_correction": False}
    fit = sm.OLS(frontier - domestic, np.ones(200)).fit(cov_type="cluster", cov_kwds=options, use_t=True)
    gap = estimate_paired_gap(frontier, domestic, clusters)
    assert gap.points == pytest.approx(fit.params[0])
    assert gap.stderr == pytest.approx(fit.bse[0])
    assert gap.p_value == pytest.approx(fit.pvalues[0])
    assert [gap.ci95.low, gap.ci95.high] == pytest.approx(fit.conf_int(0.05)[0])


def test_unclustered_error_agrees_with_statsmodels():
    rng = np.random.default_rng(9)
    frontier, domestic = rng.random(80), rng.random(80)
    fit = sm.OLS(frontier - domestic, np.ones(80)).fit(cov_type="HC0")
    assert estimate_paired_gap(frontier, domestic).stderr == pytest.approx(fit.bse[0])


def test_pairing_is_worth_it_where_models_find_the_same_items_hard():
    hardness = np.random.default_rng(4).random(400)
    frontier, domestic = hardness * 0.9 + 0.1, hardness * 0.9
    noise = np.random.default_rng(5).normal(0, 0.02, 400)
    paired = estimate_paired_gap(frontier + noise, domestic)
    alone = [float(np.std(scores) / 20) for scores in (frontier, domestic)]
    assert paired.stderr < 0.1 * estimate_unpaired_gap(0.6, 0.5, *alone).stderr


def test_minimum_detectable_gap_is_found_with_80_percent_power():
    rng = np.random.default_rng(6)
    gap = estimate_paired_gap(rng.normal(0.1, 1, 2000), np.zeros(2000))
    effect = gap.minimum_detectable / (gap.stderr * np.sqrt(2000))
    assert TTestPower().power(effect, nobs=2000, alpha=0.05) == pytest.approx(0.80, abs=0.001)


def test_differences_without_spread_have_no_error():
    for gap in (
        estimate_paired_gap([1, 1], [0, 0]),
        estimate_paired_gap([1], [0]),
        estimate_paired_gap([1, 0], [0, 0], [7, 7]),
    ):
        assert (gap.stderr, gap.ci90, gap.p_value, gap.minimum_detectable) == (None, None, None, None)


def test_unpaired_gap_is_labelled_and_unknown_errors_stay_unknown():
    gap = estimate_unpaired_gap(0.7, 0.6, 0.03, 0.04)
    assert (gap.points, gap.stderr, gap.paired) == (pytest.approx(0.1), pytest.approx(0.05), False)
    assert gap.ci95.low == pytest.approx(0.1 - 1.959964 * 0.05, rel=1e-5)
    for stderrs in [(None, 0.04), (0.03, None), (0.0, 0.04)]:
        unknown = estimate_unpaired_gap(0.7, 0.6, *stderrs)
        assert (unknown.points, unknown.stderr, unknown.ci90) == (pytest.approx(0.1), None, None)


def test_a_suite_is_the_mean_of_its_tasks():
    tasks = [estimate_paired_gap([1, 1, 0, 1], [0, 1, 0, 0]), estimate_paired_gap([1, 0, 0, 0], [0, 0, 0, 1])]
    suite = combine_strata(tasks)
    assert suite.points == pytest.approx(np.mean([task.points for task in tasks]))
    assert suite.stderr == pytest.approx(np.sqrt(tasks[0].stderr ** 2 + tasks[1].stderr ** 2) / 2)
    assert (suite.n_items, suite.paired) == (8, True)
    assert 3 <= suite.degrees <= 6
    mixed = combine_strata([tasks[0], estimate_unpaired_gap(0.7, 0.6, 0.1, None)])
    assert (mixed.paired, mixed.stderr, mixed.n_items) == (False, None, None)


def test_a_suite_of_one_task_is_that_task():
    task = estimate_paired_gap([1, 1, 0, 1], [0, 1, 0, 0])
    assert combine_strata([task]) == task


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: estimate_paired_gap([1, 0], [1]), "got 2 and 1 items"),
        (lambda: estimate_paired_gap([], []), "got 0 and 0 items"),
        (lambda: estimate_paired_gap([1, np.nan], [1, 0]), "got NaN or infinity"),
        (lambda: estimate_paired_gap([1, 0], [0, 0], clusters=["a"]), "one label an item"),
        (lambda: estimate_unpaired_gap(np.nan, 0.5, 0.1, 0.1), "finite scores"),
        (lambda: combine_strata([]), "at least one task"),
        (lambda: adjust_holm([0.5, 1.5]), "p-values must lie"),
        (lambda: draw_means([1, np.nan], 10, np.random.default_rng(0)), "items must be finite"),
        (lambda: draw_means([], 10, np.random.default_rng(0)), "at least one"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(StatsError, match=message):
        call()


@pytest.mark.parametrize("seed", range(5))
def test_holm_agrees_with_statsmodels(seed):
    p_values = np.round(np.random.default_rng(seed).random(9) ** 3, 2)
    assert adjust_holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_holm_by_hand_leaves_missing_tests_out():
    assert adjust_holm([0.03, np.nan, 0.01, 0.04]) == pytest.approx([0.06, np.nan, 0.03, 0.06], nan_ok=True)


def test_bootstrap_means_have_the_mean_and_error_of_the_items():
    rng = np.random.default_rng(7)
    items = (rng.random((300, 2)) < [0.7, 0.5]).astype(float)
    clusters = np.arange(300) // 6
    draws = draw_means(items, 20_000, np.random.default_rng(8), clusters)
    difference = draws[:, 0] - draws[:, 1]
    gap = estimate_paired_gap(items[:, 0], items[:, 1], clusters)
    assert draws.mean(axis=0) == pytest.approx(items.mean(axis=0), abs=0.001)
    assert difference.std() == pytest.approx(gap.stderr, rel=0.03)


def test_clusters_of_unequal_size_weigh_by_their_items():
    items, clusters = np.array([1.0, 1, 1, 0]), ["a", "a", "a", "b"]
    draws = draw_means(items, 4000, np.random.default_rng(1), clusters)[:, 0]
    assert set(np.round(draws, 6)) == {0.0, 0.75, 1.0}


def test_percentile_bounds_round_outwards_and_leave_undefined_draws_out():
    draws = np.array([np.nan, *range(101)])
    assert [bound.item() for bound in take_bounds(draws, 0.90)] == [5, 95]
    assert [bound.item() for bound in take_bounds(draws[:12], 0.90)] == [0, 10]
    interval = take_interval(np.array([1.0, 2, 3, np.inf, np.inf]), 0.90)
    assert (interval.low, interval.high) == (1, None)
    assert take_interval(np.array([np.nan, np.nan]), 0.90) is None
    assert take_interval(np.array([]), 0.90) is None
