"""The capability index: one figure per model from all its benchmark scores, with 90% intervals.

Before: a table of scores in 0-1, one per (model, benchmark). After: an `IndexFit`, the models' capabilities on an
affine scale (Claude 3.5 Sonnet = 130, GPT-5 = 150) with joint bootstrap draws, kept for joint match rules.

Which rows Epoch's index takes, for a caller who wants the same: every row of its `eci_benchmarks.csv`, column
`performance` as it stands (already rescaled so that guessing is 0 and the highest reachable score is 1), a model being
a `model_id` (= `model_group`: a release; its versions and settings are merged, the best score of each kept), released
since 2023, with at least four benchmarks. The columns `optimized`, `source` and `model_version` select nothing.
"""

from collections.abc import Mapping
from typing import get_args

import numpy as np

from warehouse.stats.index_data import (
    IndexDataError,
    IndexFit,
    Resampling,
    ScaleMap,
    Scores,
    check_connected,
    check_scores,
    select_models,
)
from warehouse.stats.index_domain import fit_domain_index
from warehouse.stats.index_draws import draw_counts, draw_scores
from warehouse.stats.index_fit import BatchFit, fit_batch, fit_point
from warehouse.stats.index_model import Design, Theta, build_design, predict

__all__ = ["ECI_ANCHOR", "ECI_SCALE", "IndexDataError", "IndexFit", "Scores", "fit_domain_index", "fit_index"]

ECI_ANCHOR = "Winogrande"
ECI_SCALE = {"Claude 3.5 Sonnet": 130.0, "GPT-5": 150.0}
_LEAST_SPREAD = 1e-6  # of capability between the two models that fix the scale
_MAX_FAILED = 0.10  # share of draws that may fail before the intervals are refused


def fit_index(
    scores: Scores,
    *,
    anchor_benchmark: str,
    scale: Mapping[str, float] | None,
    n_draws: int = 500,
    seed: int = 0,
    min_benchmarks: int = 4,
    resampling: Resampling = "scores",
    penalty: float = 0.1,
    clip: float = 1e-3,
) -> IndexFit:
    """Return the capability index fitted to all `scores`, with joint bootstrap draws.

        score[m, b] = sigma(a_b (C_m - D_b)) + error,   index = offset + unit * C

    Least squares over all scores, clipped to [clip, 1 - clip], plus penalty / n_parameters times the sum of squared
    parameters; a in [0.1, 10] (the published bounds of 10 on |C| and |D| bind nowhere that matters). The anchor
    benchmark has a = 1 and, after a shift, D = 0. The affine map, refitted in every draw, takes that raw scale out
    again, but not its part in the penalty: on Epoch's table of August 2026 the anchor GPQA diamond instead of
    Winogrande moves the index by 3.2 points (root mean square), a penalty of 0.001 instead of 0.1 by 6.3; above 125
    points, where the frontier's records since GPT-4 lie, by 0.3 either way. Compare indices of one anchor and one
    penalty only.

    Assumes one capability a model, and errors independent given it. Two ways to draw:

    - `scores` (published method): each model's scores are drawn with replacement. Free of assumptions on the size of
      errors, but somewhat too narrow: in simulations 90% intervals cover 86%, 83% for models with 4 or 5 scores.
    - `residuals`: the fitted scores plus residuals drawn from all of them, in units of sqrt(p (1 - p)), enlarged for
      the parameters spent. Assumes errors of one size in those units; there 90% intervals cover 88%, whatever the
      number of scores.

    Neither knows of errors that a model's scores share (tuned to tests, strong in one domain): both are lower bounds.

    Args:
        scores: the table; positions into its names.
        anchor_benchmark: the benchmark that fixes the raw scale.
        scale: two models with the index values they define. Where a table lacks them, give two models of its own or
            None: mean 100 and standard deviation 10 over the fitted models. Neither is comparable with another scale.
        n_draws: bootstrap draws; 0 gives no intervals.
        seed: of the draws.
        min_benchmarks: models with fewer scores are left out and named in `left_out`; at least 2.
        resampling: how a draw is made.
        penalty, clip: of the fit.

    Returns: the fit; capabilities (n_models,), draws (n_draws less failed, n_models) float32.

    Raises:
        IndexDataError: a score out of 0-1 or given twice, fewer than 2 benchmarks, models that no shared benchmark
            joins, an anchor or scale model missing, scale models in the wrong order, over 10% of draws failed.

    Example: `fit_index(scores, anchor_benchmark=ECI_ANCHOR, scale=ECI_SCALE).ci()`

    Reference: "A Rosetta Stone for AI Benchmarks", arXiv 2512.00193.
    """
    check_scores(scores)
    _check_settings(penalty, clip, resampling)
    table, left_out = select_models(scores, max(min_benchmarks, 2))
    _check_anchors(table, anchor_benchmark, scale, left_out)
    check_connected(table)
    design = build_design(table, anchor_benchmark, penalty, clip)
    point = fit_point(design)
    draws = _fit_draws(design, point, n_draws, np.random.default_rng(seed), resampling)
    point_map, is_ordered = _map_scale(point, table.models, scale)
    maps, ordered = _map_scale(draws, table.models, scale)
    good = draws.converged & ordered
    _check_fits(scale, bool(is_ordered[0]), good)
    return _assemble(
        table,
        point,
        BatchFit(*(part[good] for part in draws)),
        ScaleMap(*(part[0] for part in point_map)),
        ScaleMap(*(part[good] for part in maps)),
        anchor_benchmark=anchor_benchmark,
        scale=scale,
        fixed=tuple(scale or ()),
        rho=design.rho,
        clip=clip,
        resampling=resampling,
        n_failed_draws=int((~good).sum()),
        left_out=left_out,
    )


def _assemble(
    table: Scores, point: BatchFit, draws: BatchFit, scale_map: ScaleMap, scale_map_draws: ScaleMap, **settings
) -> IndexFit:
    """Return the fit on the index scale; `settings` are the fields of `IndexFit` that are passed on as they are."""
    drawn = scale_map_draws.offset[:, None] + scale_map_draws.unit[:, None] * draws.capability
    return IndexFit(
        models=table.models,
        benchmarks=table.benchmarks,
        capability=point.capability[0],
        difficulty=point.difficulty[0],
        slope=point.slope[0],
        index=scale_map.offset + scale_map.unit * point.capability[0],
        n_benchmarks=np.bincount(table.model),
        draws=drawn.astype(np.float32),
        difficulty_draws=draws.difficulty,
        slope_draws=draws.slope,
        scale_map=scale_map,
        scale_map_draws=scale_map_draws,
        converged=bool(point.converged[0]),
        **settings,
    )


def _check_settings(penalty: float, clip: float, resampling: str) -> None:
    """Raise `IndexDataError` unless the settings make a fit."""
    if not penalty > 0:
        raise IndexDataError(f"penalty: without one the fit has no unique answer; got {penalty}. Give a small one")
    if not 0 < clip < 0.5:
        raise IndexDataError(f"clip: must lie between 0 and 0.5; got {clip}. Give e.g. 0.001")
    if resampling not in get_args(Resampling):
        raise IndexDataError(
            f"resampling: unknown; got {resampling!r}. Choose one of: {', '.join(get_args(Resampling))}"
        )


def _check_anchors(
    table: Scores, anchor_benchmark: str, scale: Mapping[str, float] | None, left_out: tuple[str, ...]
) -> None:
    """Raise `IndexDataError` unless the table holds what fixes the scale."""
    if len(table.benchmarks) < 2:
        raise IndexDataError(
            f"index: at least 2 benchmarks are needed; got {len(table.benchmarks)}, {len(left_out)} models left out"
            " for too few scores. Use the benchmark's own scores instead"
        )
    if anchor_benchmark not in table.benchmarks:
        raise IndexDataError(
            f"index: the anchor benchmark has no scores; got {anchor_benchmark!r}."
            f" Choose one of: {', '.join(sorted(table.benchmarks))}"
        )
    if scale is None:
        return
    if len(scale) != 2 or len(set(scale.values())) != 2:
        raise IndexDataError(f"scale: two models with two different values are needed; got {dict(scale)}. Give two")
    for model in scale:
        if model not in table.models:
            why = "too few benchmarks" if model in left_out else "no scores"
            raise IndexDataError(
                f"scale: {model!r} has {why}; got {len(table.models)} other models."
                " Give two models of the table, or None for mean 100 and standard deviation 10"
            )


def _check_fits(scale: Mapping[str, float] | None, is_ordered: bool, good: np.ndarray) -> None:
    """Raise `IndexDataError` where the point estimate or too many draws define no scale."""
    if not is_ordered:
        raise IndexDataError(f"scale: the fit puts its two models in the other order; got {scale}. Change the models")
    if (~good).sum() > _MAX_FAILED * len(good):
        raise IndexDataError(
            f"index: too many draws did not converge or turned the scale round; got {(~good).sum()} of {len(good)}."
            " Leave out models and benchmarks with few scores, or choose scale models further apart"
        )


def _map_scale(
    fit: BatchFit, models: tuple[str, ...], scale: Mapping[str, float] | None
) -> tuple[ScaleMap, np.ndarray]:
    """Return the affine map of each resample, and whether its two models stand in the right order there."""
    if scale is None:
        unit = 10.0 / fit.capability.std(axis=1)
        return ScaleMap(100.0 - unit * fit.capability.mean(axis=1), unit, fit.centre), np.isfinite(unit)
    (low, low_value), (high, high_value) = sorted(scale.items(), key=lambda item: item[1])
    at_low, at_high = (fit.capability[:, models.index(model)] for model in (low, high))
    ordered = at_high - at_low > _LEAST_SPREAD
    unit = (high_value - low_value) / np.where(ordered, at_high - at_low, np.nan)
    return ScaleMap(low_value - unit * at_low, unit, fit.centre), ordered


def _fit_draws(
    design: Design, point: BatchFit, n_draws: int, rng: np.random.Generator, resampling: Resampling
) -> BatchFit:
    """Return the fits of `n_draws` resamples, each started from the point estimate."""
    free = point.difficulty - point.centre[:, None]  # before the anchor benchmark was shifted to difficulty 0
    at = Theta(point.capability - point.centre[:, None], free * point.slope, point.slope)
    start = Theta(*(np.repeat(part, n_draws, axis=0) for part in at))
    if resampling == "scores":
        return fit_batch(design, draw_counts(rng, design.model, n_draws), design.score[None], start)
    drawn = draw_scores(rng, design.score, predict(design, at)[0], design.n_parameters, n_draws, design.clip)
    return fit_batch(design, np.ones((1, 1)), drawn, start)
