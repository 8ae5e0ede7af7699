"""The capability index: against truth, scipy and hand computation; its intervals, invariances and errors."""

import dataclasses

import numpy as np
import pytest
from index_tables import fit_by_scipy, name, read_epoch_scores, simulate_scores

from warehouse.stats.index import ECI_ANCHOR, ECI_SCALE, IndexDataError, Scores, fit_domain_index, fit_index
from warehouse.stats.index_data import keep_rows
from warehouse.stats.index_draws import draw_counts

SCALE = {"m10": 130.0, "m30": 150.0}


def put_on_scale(capability: np.ndarray, low: int = 10, high: int = 30) -> np.ndarray:
    return 130 + 20 * (capability - capability[low]) / (capability[high] - capability[low])


@pytest.fixture(scope="module")
def noisy():
    return simulate_scores(seed=1, noise=0.15)[0]


@pytest.fixture(scope="module")
def fit(noisy):
    return fit_index(noisy, anchor_benchmark="b0", scale=SCALE, n_draws=60)


# -- the fit ----------------------------------------------------------------------------------------------------------


def test_two_models_on_two_benchmarks_by_hand():
    # Scores sigma(0), sigma(1) on the anchor and sigma(-1), sigma(2) on b1: C = 0, 1; slope 3, difficulty 1/3.
    logits = np.array([0.0, -1.0, 1.0, 2.0])
    scores = Scores(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), 1 / (1 + np.exp(-logits)), ("x", "y"), ("b0", "b1"))
    fit = fit_index(
        scores, anchor_benchmark="b0", scale={"x": 130, "y": 150}, n_draws=0, min_benchmarks=2, penalty=1e-10
    )
    assert fit.capability == pytest.approx([0, 1], abs=1e-4)
    assert fit.slope == pytest.approx([1, 3], abs=1e-3)
    assert fit.difficulty == pytest.approx([0, 1 / 3], abs=1e-4)
    assert fit.index == pytest.approx([130, 150])
    assert fit.benchmark_index == pytest.approx([130, 130 + 20 / 3], abs=1e-2)


def test_recovers_the_truth_without_noise():
    scores, capability = simulate_scores(seed=2)
    fit = fit_index(scores, anchor_benchmark="b0", scale=SCALE, n_draws=0, penalty=1e-9)
    assert fit.converged
    assert fit.index == pytest.approx(put_on_scale(capability), abs=1e-3)


def test_point_and_draws_are_scipys_optimum(noisy, fit):
    _, _, slope, _ = fit_by_scipy(noisy, 0, np.ones(len(noisy.score)))
    assert fit.slope == pytest.approx(slope, abs=1e-3)
    table = keep_rows(noisy, np.ones(len(noisy.score), bool))
    counts = draw_counts(np.random.default_rng(0), table.model, 60)
    assert fit.n_failed_draws == 0
    for draw in (0, 7, 59):
        capability, *_ = fit_by_scipy(table, 0, counts[draw])
        assert fit.draws[draw] == pytest.approx(put_on_scale(capability), abs=0.05)


def test_slopes_at_their_bounds_are_scipys_too():
    scores, _ = simulate_scores(seed=4, n_models=40, noise=0.15)
    score = scores.score.copy()
    score[scores.benchmark == 3] = 1 - score[scores.benchmark == 3]  # falls with capability: the least slope
    scores = dataclasses.replace(scores, score=score)
    fit = fit_index(scores, anchor_benchmark="b0", scale=SCALE, n_draws=0, penalty=1e-3)
    capability, difficulty, slope, _ = fit_by_scipy(scores, 0, np.ones(len(score)), penalty=1e-3)
    assert fit.slope[3] == pytest.approx(0.1)
    assert fit.slope == pytest.approx(slope, abs=1e-3)
    assert fit.difficulty == pytest.approx(difficulty, abs=1e-2)
    assert fit.index == pytest.approx(put_on_scale(capability), abs=0.05)


def test_epochs_table_gives_scipys_index(shared):
    scores = read_epoch_scores(shared / "data" / "epoch" / "eci_benchmarks.csv")
    fit = fit_index(scores, anchor_benchmark=ECI_ANCHOR, scale=ECI_SCALE, n_draws=0)
    anchor = scores.benchmarks.index(ECI_ANCHOR)
    capability, *_ = fit_by_scipy(scores, anchor, np.ones(len(scores.score)))
    low, high = (scores.models.index(model) for model in ECI_SCALE)
    order = [fit.models.index(model) for model in scores.models]
    assert (len(fit.models), len(fit.benchmarks), fit.left_out) == (222, 57, ())
    assert fit.index[order] == pytest.approx(put_on_scale(capability, low, high), abs=0.05)


# -- intervals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resampling", "overall", "few"), [("residuals", 0.88, 0.88), ("scores", 0.86, 0.83)])
def test_intervals_cover_the_truth_as_often_as_documented(resampling, overall, few):
    inside, count = [], []
    for seed in range(6):
        scores, capability = simulate_scores(seed=seed, n_models=120, n_benchmarks=40, noise=0.12)
        fit = fit_index(scores, anchor_benchmark="b0", scale=None, n_draws=150, seed=seed, resampling=resampling)
        truth = 100 + 10 * (capability - capability.mean()) / capability.std()
        low, high = fit.ci(0.90).T
        inside.append((low <= truth) & (truth <= high))
        count.append(fit.n_benchmarks)
    inside, count = np.concatenate(inside), np.concatenate(count)
    assert inside.mean() == pytest.approx(overall, abs=0.02)
    assert inside[count <= 5].mean() == pytest.approx(few, abs=0.04)


def test_an_interval_is_missing_where_the_index_is_given(fit):
    interval = fit.ci()
    given = [fit.models.index(model) for model in SCALE]
    assert np.isnan(interval[given]).all()
    assert fit.draws[:, given] == pytest.approx(np.broadcast_to([130, 150], (60, 2)), abs=1e-3)
    others = np.delete(interval, given, axis=0)
    wider = np.delete(fit.ci(0.95), given, axis=0)
    assert (others[:, 0] < others[:, 1]).all()
    assert (wider[:, 0] <= others[:, 0]).all() and (others[:, 1] <= wider[:, 1]).all()


def test_without_draws_there_are_no_intervals(noisy):
    fit = fit_index(noisy, anchor_benchmark="b0", scale=None, n_draws=0)
    assert np.isnan(fit.ci()).all()
    assert fit.draws.shape == (0, 40)


def test_more_scores_give_narrower_intervals(fit):
    width = np.diff(fit.ci(), axis=1)[:, 0]
    assert np.nanmedian(width[fit.n_benchmarks >= 12]) < np.nanmedian(width[fit.n_benchmarks <= 6])


# -- invariances ------------------------------------------------------------------------------------------------------


def test_order_and_names_do_not_matter(noisy, fit):
    rng = np.random.default_rng(0)
    rows, models = rng.permutation(len(noisy.score)), rng.permutation(len(noisy.models))
    place = np.argsort(models)
    shuffled = Scores(
        place[noisy.model[rows]],
        noisy.benchmark[rows],
        noisy.score[rows],
        tuple(noisy.models[m] for m in models),
        noisy.benchmarks,
    )
    again = fit_index(shuffled, anchor_benchmark="b0", scale=SCALE, n_draws=0)
    assert again.models == tuple(noisy.models[m] for m in models)
    assert again.index[place] == pytest.approx(fit.index, abs=1e-3)


def test_the_anchor_benchmark_matters_through_the_penalty_alone(noisy):
    fits = [fit_index(noisy, anchor_benchmark=b, scale=SCALE, n_draws=0, penalty=1e-7) for b in ("b0", "b5")]
    assert (fits[1].difficulty[5], fits[1].slope[5]) == (0, 1)
    assert fits[0].index == pytest.approx(fits[1].index, abs=0.01)


def test_the_scale_without_models_has_mean_100_and_deviation_10(noisy, fit):
    own = fit_index(noisy, anchor_benchmark="b0", scale=None, n_draws=5)
    assert (own.index.mean(), own.index.std()) == pytest.approx((100, 10))
    assert own.draws.mean(axis=1) == pytest.approx(100, abs=1e-3)
    assert np.corrcoef(own.index, fit.index)[0, 1] == pytest.approx(1)


def test_better_scores_give_a_higher_index(noisy, fit):
    raised = np.where(noisy.model == 20, np.minimum(noisy.score + 0.1, 1), noisy.score)
    better = fit_index(dataclasses.replace(noisy, score=raised), anchor_benchmark="b0", scale=SCALE, n_draws=0)
    assert better.index[20] > fit.index[20] + 1


def test_draws_are_the_same_for_a_seed(noisy, fit):
    again = fit_index(noisy, anchor_benchmark="b0", scale=SCALE, n_draws=60)
    other = fit_index(noisy, anchor_benchmark="b0", scale=SCALE, n_draws=60, seed=1)
    assert (again.draws == fit.draws).all()
    assert (other.draws != fit.draws).any()


# -- domains ----------------------------------------------------------------------------------------------------------


def test_the_domain_of_all_benchmarks_is_the_index(noisy, fit):
    domain = fit_domain_index(fit, noisy, fit.benchmarks)
    assert domain.index == pytest.approx(fit.index, abs=1e-4)
    assert domain.fixed == () and np.isfinite(domain.ci()).all()
    assert domain.draws == pytest.approx(fit.draws, abs=0.02)  # one seed draws the same scores


@pytest.mark.parametrize("resampling", ["scores", "residuals"])
def test_a_domain_shows_who_is_good_at_it(noisy, resampling):
    gifted = (noisy.model == 20) & (noisy.benchmark < 5)
    score = np.where(gifted, np.minimum(noisy.score + 0.25, 0.95), noisy.score)
    scores = dataclasses.replace(noisy, score=score)
    fit = fit_index(scores, anchor_benchmark="b0", scale=SCALE, n_draws=40, resampling=resampling)
    domain = fit_domain_index(fit, scores, ["b0", "b1", "b2", "b3", "b4", "not in the index"])
    assert domain.benchmarks == ("b0", "b1", "b2", "b3", "b4")
    assert domain.draws.shape == (40, len(domain.models))
    assert (domain.n_benchmarks >= 2).all()
    here = domain.models.index("m20")
    assert domain.index[here] > fit.index[20] + 3
    assert domain.ci()[here, 0] < domain.index[here] < domain.ci()[here, 1]


def test_a_domain_leaves_out_models_with_few_scores_or_all_at_the_floor(noisy, fit):
    floor = (noisy.model == 39) & (noisy.benchmark < 5)
    assert floor.sum() >= 2
    scores = dataclasses.replace(noisy, score=np.where(floor, 0.0, noisy.score))
    domain = fit_domain_index(fit, scores, ["b0", "b1", "b2", "b3", "b4"])
    count = np.bincount(noisy.model[noisy.benchmark < 5], minlength=40)
    few = {f"m{m}" for m in np.flatnonzero(count == 1)}
    assert few and set(domain.left_out) == few | {"m39"}


def test_a_domain_needs_two_benchmarks(noisy, fit):
    with pytest.raises(IndexDataError, match="it takes 2 benchmarks"):
        fit_domain_index(fit, noisy, ["b3", "unheard of"])


# -- bad input --------------------------------------------------------------------------------------------------------


def test_models_with_few_benchmarks_are_left_out_by_name(noisy):
    fit = fit_index(noisy, anchor_benchmark="b0", scale=SCALE, n_draws=0, min_benchmarks=8)
    count = np.bincount(noisy.model)
    assert fit.left_out == tuple(f"m{m}" for m in np.flatnonzero(count < 8))
    assert len(fit.models) + len(fit.left_out) == 40
    assert (fit.n_benchmarks >= 8).all()


def broken(noisy: Scores, **changes) -> Scores:
    return dataclasses.replace(noisy, **changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: broken(s, score=np.where(np.arange(len(s.score)) == 3, 1.2, s.score)), "m0 on .*: .*0-1; got 1.2"),
        (lambda s: broken(s, score=np.where(np.arange(len(s.score)) == 3, np.nan, s.score)), "0-1; got nan"),
        (lambda s: broken(s, score=s.score[:-1]), "differ in length"),
        (lambda s: broken(s, model=s.model + 5), "positions must lie in 0-39; got 5-44"),
        (lambda s: broken(s, models=("m1", *s.models[1:])), "named twice"),
        (lambda s: broken(s, benchmark=np.where(s.model == 0, 0, s.benchmark)), "one score per model and benchmark"),
        (lambda s: broken(s, benchmarks=("other", *s.benchmarks[1:])), "anchor benchmark has no scores; got 'b0'"),
        (lambda s: broken(s, models=("m0", *name("n", 39))), "'m10' has no scores"),
    ],
)
def test_bad_scores_are_named(noisy, change, message):
    with pytest.raises(IndexDataError, match=message):
        fit_index(change(noisy), anchor_benchmark="b0", scale=SCALE, n_draws=0)


def test_an_index_in_parts_is_refused_by_their_names(noisy):
    apart = np.where(noisy.model < 20, noisy.benchmark, noisy.benchmark + 15)
    scores = broken(noisy, benchmark=apart, benchmarks=name("b", 30))
    with pytest.raises(IndexDataError, match=r"2 parts share no benchmark.*m0, m1, m2 and 17 more.*\| m20, m21"):
        fit_index(scores, anchor_benchmark="b0", scale=SCALE, n_draws=0)


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        ({"m30": 130.0, "m10": 150.0}, "other order"),
        ({"m10": 130.0}, "two models"),
        ({"m10": 130.0, "m30": 130.0}, "two different values"),
    ],
)
def test_a_scale_that_defines_none_is_refused(noisy, scale, message):
    with pytest.raises(IndexDataError, match=message):
        fit_index(noisy, anchor_benchmark="b0", scale=scale, n_draws=0)


def test_a_scale_model_left_out_is_said_to_have_too_few_benchmarks(noisy):
    with pytest.raises(IndexDataError, match="has too few benchmarks"):
        fit_index(noisy, anchor_benchmark="b0", scale=SCALE, n_draws=0, min_benchmarks=15)


def test_one_benchmark_is_no_index(noisy):
    scores = broken(noisy, benchmark=np.zeros_like(noisy.benchmark), model=np.arange(len(noisy.model)))
    scores = broken(scores, models=name("m", len(noisy.model)))
    with pytest.raises(IndexDataError, match="at least 2 benchmarks are needed"):
        fit_index(scores, anchor_benchmark="b0", scale=None, n_draws=0)


def test_scale_models_too_close_fail_too_many_draws(noisy):
    scale = {"m20": 130.0, "m21": 131.0}
    first = fit_index(noisy, anchor_benchmark="b0", scale=None, n_draws=0)
    order = sorted(scale, key=lambda model: first.index[first.models.index(model)])
    with pytest.raises(IndexDataError, match="turned the scale round"):
        fit_index(noisy, anchor_benchmark="b0", scale=dict(zip(order, (130.0, 131.0), strict=True)), n_draws=60)


@pytest.mark.parametrize(
    ("setting", "message"),
    [({"penalty": 0.0}, "penalty"), ({"clip": 0.5}, "clip"), ({"resampling": "models"}, "Choose one of: scores, res")],
)
def test_settings_that_make_no_fit_are_refused(noisy, setting, message):
    with pytest.raises(IndexDataError, match=message):
        fit_index(noisy, anchor_benchmark="b0", scale=SCALE, n_draws=0, **setting)


@pytest.mark.parametrize("level", [0, 1, 90])
def test_a_level_outside_0_to_1_is_refused(fit, level):
    with pytest.raises(IndexDataError, match="level"):
        fit.ci(level)
