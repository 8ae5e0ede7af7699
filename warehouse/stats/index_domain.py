"""The domain index: the capability index refitted on one domain's benchmarks, their curves frozen.

Before: an `IndexFit` over all benchmarks. After: an `IndexFit` on the same scale for the models with scores on the
domain's benchmarks; draw i rests on the slopes, difficulties and affine map of draw i.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from warehouse.stats.index_data import (
    IndexDataError,
    IndexFit,
    Scores,
    check_scores,
    keep_rows,
    select_benchmarks,
    select_models,
)
from warehouse.stats.index_draws import draw_counts, draw_scores

_GRID = np.arange(-8.0, 8.01, 0.25)  # capabilities tried first, about the centre
_HALVINGS = 20
_BATCH = 32  # resamples worked on at once: few enough to stay in the processor's cache


@dataclass(frozen=True, eq=False)
class _Task:
    """Scores of the domain, sorted by model, and the frozen curve of each score in k resamples."""

    model: np.ndarray
    score: np.ndarray  # (k or 1, n_scores)
    weight: np.ndarray  # (k or 1, n_scores)
    slope: np.ndarray  # (k, n_scores)
    difficulty: np.ndarray  # (k, n_scores)
    centre: np.ndarray  # (k, 1)
    rho: float

    def take(self, rows: slice) -> "_Task":
        """Return the task of some resamples."""
        names = ("score", "weight", "slope", "difficulty", "centre")
        return replace(self, **{name: part[rows] for name in names if len(part := getattr(self, name)) > 1})

    def sum_by_model(self, values: np.ndarray) -> np.ndarray:
        """Return (k, n_scores) values summed over each model's scores."""
        return np.add.reduceat(values, np.flatnonzero(np.diff(self.model, prepend=-1)), axis=1)

    def evaluate(self, capability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return objective and half gradient at capabilities (k, n_models)."""
        z = self.slope * (capability[:, self.model] - self.difficulty)
        p = 1.0 / (1.0 + np.exp(-z))
        weighted = self.weight * (p - self.score)
        off = capability - self.centre
        objective = self.sum_by_model(weighted * (p - self.score)) + self.rho * off * off
        return objective, self.sum_by_model(weighted * p * (1.0 - p) * self.slope) + self.rho * off


def fit_domain_index(
    fit: IndexFit, scores: Scores, benchmarks: Collection[str], *, min_benchmarks: int = 2, seed: int = 0
) -> IndexFit:
    """Return the index on a domain's `benchmarks` only, slopes and difficulties frozen at `fit`'s.

        C_m = argmin sum_b (sigma(a_b (C - D_b)) - score[m, b])^2 + rho (C - centre)^2,   index = offset + unit * C

    On all benchmarks it gives `fit.index` again. Draw i takes the slopes, difficulties and map of draw i of `fit` and
    draws the domain's scores anew in `fit`'s manner, so draws stay joint over models. With two or three benchmarks a
    model, drawing its scores shows little of the uncertainty: fit with `resampling="residuals"` for such a domain.

    Args:
        fit: the index over all benchmarks.
        scores: a table that names models and benchmarks as `fit` does; its models need not be in `fit`.
        benchmarks: the domain's; those that `fit` does not know are passed over.
        min_benchmarks: models with fewer scores in the domain are left out, as are models with all their scores there
            at the floor or the ceiling, which bound a capability on one side only.
        seed: of the draws.

    Returns: a fit that holds the domain's models and benchmarks only; `left_out` names the models with some scores
        there but too few.

    Raises:
        IndexDataError: bad scores, or fewer than 2 of the domain's benchmarks remain, or no model.
    """
    check_scores(scores)
    table, left_out = _select_domain(fit, scores, benchmarks, max(min_benchmarks, 2))
    column = np.array([fit.benchmarks.index(name) for name in table.benchmarks])
    at = column[table.benchmark]
    score = np.clip(table.score, fit.clip, 1.0 - fit.clip)
    curves = fit.slope[None, at], fit.difficulty[None, at], np.reshape(fit.scale_map.centre, (1, 1))
    point = _Task(table.model, score[None], np.ones((1, len(score))), *curves, fit.rho)
    capability = _fit_capabilities(point)[0]
    maps = fit.scale_map_draws
    drawn = _fit_capabilities(_draw_task(fit, point, at, capability, np.random.default_rng(seed)))
    return replace(
        fit,
        models=table.models,
        benchmarks=table.benchmarks,
        capability=capability,
        difficulty=fit.difficulty[column],
        slope=fit.slope[column],
        index=fit.scale_map.offset + fit.scale_map.unit * capability,
        n_benchmarks=np.bincount(table.model),
        draws=(maps.offset[:, None] + maps.unit[:, None] * drawn).astype(np.float32),
        difficulty_draws=fit.difficulty_draws[:, column],
        slope_draws=fit.slope_draws[:, column],
        left_out=left_out,
        fixed=(),
    )


def _select_domain(
    fit: IndexFit, scores: Scores, benchmarks: Collection[str], min_benchmarks: int
) -> tuple[Scores, tuple[str, ...]]:
    """Return the domain's scores, sorted by model, of the models that can have an index there; and the other models."""
    inside = select_benchmarks(scores, set(benchmarks) & set(fit.benchmarks))
    table, few = select_models(inside, min_benchmarks)
    between = (table.score > fit.clip) & (table.score < 1.0 - fit.clip)
    moving = np.bincount(table.model, weights=between, minlength=len(table.models)) > 0
    stuck = tuple(name for name, moves in zip(table.models, moving, strict=True) if not moves)
    table = keep_rows(table, moving[table.model])
    if len(table.benchmarks) < 2:
        raise IndexDataError(
            f"domain: it takes 2 benchmarks that the index holds, and a model with scores on them; got"
            f" {len(table.benchmarks)} benchmarks and {len(table.models)} models. Widen the domain"
        )
    return table, few + stuck


def _draw_task(fit: IndexFit, point: _Task, at: np.ndarray, capability: np.ndarray, rng: np.random.Generator) -> _Task:
    """Return the task with the curves of each draw of `fit` and with scores drawn anew in its manner."""
    n_draws = len(fit.draws)
    if fit.resampling == "scores":
        drawn = {"weight": draw_counts(rng, point.model, n_draws)}
    else:
        fitted = 1.0 / (1.0 + np.exp(point.slope * (point.difficulty - capability[point.model])))[0]
        drawn = {"score": draw_scores(rng, point.score[0], fitted, len(capability), n_draws, fit.clip)}
    return replace(
        point,
        slope=fit.slope_draws[:, at],
        difficulty=fit.difficulty_draws[:, at],
        centre=fit.scale_map_draws.centre[:, None],
        **drawn,
    )


def _fit_capabilities(task: _Task) -> np.ndarray:
    """Return the best capability of each model in each resample, (k, n_models): a grid, then halvings."""
    parts = [task.take(slice(i, i + _BATCH)) for i in range(0, len(task.slope), _BATCH)]
    n_models = int(task.model.max()) + 1
    return np.concatenate([_search(part) for part in parts] or [np.empty((0, n_models))])


def _search(task: _Task) -> np.ndarray:
    n_models = int(task.model.max()) + 1
    best = np.full((len(task.slope), n_models), np.inf)
    at = np.zeros_like(best)
    for offset in _GRID:
        tried = np.broadcast_to(task.centre + offset, best.shape)
        objective, _ = task.evaluate(tried)
        better = objective < best
        best[better], at[better] = objective[better], tried[better]
    low, high = at - (_GRID[1] - _GRID[0]), at + (_GRID[1] - _GRID[0])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        _, gradient = task.evaluate(middle)
        low, high = np.where(gradient > 0, low, middle), np.where(gradient > 0, middle, high)
    return (low + high) / 2.0
